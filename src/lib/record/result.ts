import { type Kinds, kindOf } from '../plan/kinds.js';
import { placesOf } from '../plan/places.js';
import type { Plan } from '../plan/plan.js';
import type { RunEvent } from './events.js';
import { History, type StepState } from './history.js';

/** `running`: a process works on the host now. */
export type HostState =
  | 'undone'
  | 'done'
  | 'running'
  | 'failed'
  | 'unknown'
  | 'set-aside'
  | 'not-started'
  | 'unfinished';

/** The result of an operation on one host. */
export interface HostResult {
  readonly host: string;
  readonly address: string;
  readonly room: string;
  readonly stepsDone: number;
  readonly stepsTotal: number;
  readonly state: HostState;
  readonly elapsedMs: number;
  readonly message: string;
}

export interface OperationResult {
  readonly state: string;
  readonly message: string;
  readonly wanted: number;
  readonly done: number;
  readonly hosts: readonly HostResult[];
  readonly elapsedMs: number;
}

/**
 * The result of an operation, from its events alone. Hosts that only serve it (template host, balancer) are left out.
 * @param live whether a process runs it; if not, an open step has an unknown end
 */
export function summarize(
  plan: Plan,
  events: readonly RunEvent[],
  kinds: Kinds,
  live = false,
): OperationResult {
  const history = new History(events);
  const first = placesOf(plan);
  const lanes = [...(first?.lanes ?? []), ...(first?.standby ?? [])];
  const last = events.findLast((event) => event.type === 'operation-finished');
  const given = { undone: last?.state === 'undone', live, kinds };
  const all = lanes.map((lane) => hostResult(plan, lane.name, history, given));
  const wantedHosts = new Set(first?.lanes.map((lane) => lane.name));
  const hosts = all.filter((host) => wantedHosts.has(host.host) || host.state !== 'not-started');
  return {
    state: last?.state ?? 'running',
    message: last?.message ?? '',
    wanted: first?.lanes.length ?? 0,
    done: hosts.filter((host) => host.state === 'done').length,
    hosts,
    elapsedMs: workedMs(events),
  };
}

function hostResult(
  plan: Plan,
  name: string,
  history: History,
  { undone, live, kinds }: { readonly undone: boolean; readonly live: boolean; readonly kinds: Kinds },
): HostResult {
  const host = plan.hosts.find((candidate) => candidate.name === name);
  const states = plan.stages.flatMap((stage) => {
    const lane = [...stage.lanes, ...stage.standby].find((candidate) => candidate.name === name);
    return (lane?.steps ?? []).map((step) => ({
      title: step.title,
      tells: kindOf(kinds, step.action)?.tellsWhatStays === true,
      ...history.state({ stage: stage.id, lane: name, step: step.id }),
    }));
  });
  const stepsDone = states.filter((state) => state.status === 'done').length;
  const aside = history.setAside(name);
  const bad = states.find((state) => state.status === 'failed' || state.status === 'unknown');
  return {
    host: name,
    address: host?.ssh.address ?? '',
    room: host?.room ?? '',
    stepsDone,
    stepsTotal: states.length,
    state:
      undone && stepsDone > 0 && !aside ? 'undone' : hostState(states, stepsDone, aside !== undefined, live),
    elapsedMs: states.reduce((sum, state) => sum + stepElapsedMs(state), 0),
    message:
      stepsDone === states.length
        ? leftWords(states)
        : (aside?.reason ?? (bad ? `${bad.title}: ${bad.result?.message}` : '')),
  };
}

/** What steps that are done have left on the host. */
function leftWords(states: readonly (StepState & { readonly tells: boolean })[]): string {
  const told = states.flatMap(({ tells, result }) =>
    tells && result?.status === 'done' && result.message !== '' ? [result.message] : [],
  );
  return [...new Set(told)].join('; ');
}

function hostState(
  states: readonly StepState[],
  stepsDone: number,
  setAside: boolean,
  live: boolean,
): HostState {
  if (stepsDone === states.length) return 'done';
  if (setAside) return 'set-aside';
  if (live && states.some((state) => state.status === 'open')) return 'running';
  if (states.some((state) => state.status === 'failed')) return 'failed';
  if (states.some((state) => state.status === 'unknown' || state.status === 'open')) return 'unknown';
  if (stepsDone === 0) return 'not-started';
  return live ? 'running' : 'unfinished';
}

function stepElapsedMs(state: StepState): number {
  return state.result && 'elapsedMs' in state.result ? state.result.elapsedMs : 0;
}

/**
 * The time in which a process ran the operation, in milliseconds: the pauses before a resume and before a close do not count.
 * @param now for a running operation: its last start counts up to now
 */
export function workedMs(events: readonly RunEvent[], now?: Date): number {
  const [first] = events;
  if (first === undefined) return 0;
  let total = 0;
  let lastAt = Date.parse(first.at);
  let ended = false;
  for (const event of events) {
    const at = Date.parse(event.at);
    const resumes = event.type === 'operation-started';
    if (!ended && !resumes) total += gap(lastAt, at);
    if (!ended || resumes) lastAt = at;
    ended = resumes ? false : ended || event.type === 'operation-finished';
  }
  return total + (now === undefined ? 0 : gap(lastAt, now.getTime()));
}

/** The time between two stored times. If the clock was set back between them, the true time is not known, and it counts as 0. */
function gap(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs);
}
