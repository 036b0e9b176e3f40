import { compareNaturally } from '../names/natural-order.js';
import type { Kinds } from '../plan/kinds.js';
import { placesOf } from '../plan/places.js';
import type { Plan, Stage } from '../plan/plan.js';
import { mergedSteps } from '../plan/step-order.js';
import type { RunEvent } from './events.js';
import type { Evidence } from './findings.js';
import { History, type StepState } from './history.js';
import { lookingSteps } from './looking-steps.js';

/** A step that some hosts have, by its title: a gate has one step for each batch. */
export interface MatrixColumn {
  readonly stage: string;
  readonly step: string;
}

/** `running`: a process works on it now. `unknown` also means: the step was begun and its end was not recorded. */
export type CellState =
  | 'done'
  | 'unchanged'
  | 'failed'
  | 'unknown'
  | 'running'
  | 'skipped'
  | 'undone'
  | 'not-started';

export interface MatrixCell {
  readonly state: CellState;
  readonly attempts: number;
  readonly elapsedMs: number | null;
  readonly message: string;
  /** The host at fault, when the step failed and the host is known. */
  readonly culprit: string | null;
  readonly evidence: readonly Evidence[];
  readonly facts: Readonly<Record<string, string>>;
}

export interface MatrixRow {
  readonly host: string;
  readonly setAside: { readonly reason: string; readonly replacedBy: string | null } | undefined;
  /** One cell for each column; undefined: the plan has no such step for this host. */
  readonly cells: readonly (MatrixCell | undefined)[];
}

export interface StepMatrix {
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
}

/**
 * Hosts in natural order by steps in the order of the plan; the steps of its way back once one of them was begun. Standby hosts
 * that were not needed are left out.
 * @param live whether a process runs the operation; if not, an open step has an unknown end
 */
export function stepMatrix(plan: Plan, events: readonly RunEvent[], kinds: Kinds, live: boolean): StepMatrix {
  const history = new History(events);
  const stages = stagesToShow(plan, history);
  const columns = columnsOf(stages);
  const wanted = new Set(placesOf(plan)?.lanes.map((lane) => lane.name));
  const steps = plannedSteps(stages);
  const looks = lookingSteps({ stages }, kinds);
  const hosts = [...new Set([...steps.values()].flatMap((hostsOfStep) => [...hostsOfStep.keys()]))].sort(
    compareNaturally,
  );
  const rows = hosts.map((host) => ({
    host,
    setAside: history.setAside(host),
    cells: columns.map(({ stage, step }) =>
      cellOf(
        (steps.get(keyOf({ stage, step }))?.get(host) ?? []).map((id) => ({
          ...history.state({ stage, lane: host, step: id }),
          looks: looks({ stage, lane: host, step: id }),
        })),
        live,
      ),
    ),
  }));
  return { columns, rows: rows.filter((row) => wanted.has(row.host) || wasBegun(row)) };
}

function stagesToShow({ stages, wayBack }: Plan, history: History): readonly Stage[] {
  const isBegun = ({ id: stage, lanes }: Stage) =>
    lanes.some(({ name: lane, steps }) =>
      steps.some((step) => history.state({ stage, lane, step: step.id }).attempts > 0),
    );
  return wayBack?.stages.some(isBegun) ? [...stages, ...wayBack.stages] : stages;
}

function columnsOf(stages: readonly Stage[]): readonly MatrixColumn[] {
  const columns = new Map<string, MatrixColumn>();
  for (const stage of stages)
    for (const { title } of mergedSteps(stage, (step) => step.title)) {
      const column = { stage: stage.id, step: title };
      columns.set(keyOf(column), column);
    }
  return [...columns.values()];
}

/** The ids of each column's steps, by host. */
function plannedSteps(stages: readonly Stage[]): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const steps = new Map<string, Map<string, string[]>>();
  for (const stage of stages)
    for (const lane of [...stage.lanes, ...stage.standby])
      for (const { id, title } of lane.steps) {
        const key = keyOf({ stage: stage.id, step: title });
        const hosts = steps.get(key) ?? new Map<string, string[]>();
        steps.set(key, hosts.set(lane.name, [...(hosts.get(lane.name) ?? []), id]));
      }
  return steps;
}

function wasBegun(row: MatrixRow): boolean {
  return row.setAside !== undefined || row.cells.some((cell) => cell !== undefined && cell.attempts > 0);
}

interface LookedState extends StepState {
  readonly looks: boolean;
}

/** Of several steps with one title, the last that was begun. */
function cellOf(states: readonly LookedState[], live: boolean): MatrixCell | undefined {
  const shown = states.findLast((state) => state.attempts > 0) ?? states[0];
  if (shown === undefined) return undefined;
  const { attempts, result } = shown;
  return {
    state: cellState(shown, live),
    attempts,
    elapsedMs: result !== null && 'elapsedMs' in result ? result.elapsedMs : null,
    message: result?.message ?? '',
    culprit: result !== null && 'culprit' in result ? result.culprit : null,
    evidence: (result !== null && 'evidence' in result && result.evidence) || [],
    facts: (result !== null && 'facts' in result && result.facts) || {},
  };
}

function cellState({ status, attempts, result, looks }: LookedState, live: boolean): CellState {
  if (status === 'open') return live ? 'running' : 'unknown';
  if (status === 'not-started') return attempts > 0 ? 'undone' : 'not-started';
  if (status === 'done') return result?.status === 'done' && !result.changed && !looks ? 'unchanged' : 'done';
  return status;
}

function keyOf({ stage, step }: MatrixColumn): string {
  return JSON.stringify([stage, step]);
}
