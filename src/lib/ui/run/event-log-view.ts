import { KINDS } from '../../actions.js';
import { formatDuration } from '../../duration.js';
import type { OperationRecord } from '../../ledger/ledger.js';
import { fold } from '../../names/nodeset.js';
import type { Plan } from '../../plan/plan.js';
import type { RunEvent, StepAddress, StepResult, Turned } from '../../record/events.js';
import { evidenceWords } from '../../record/findings.js';
import { type LookingSteps, lookingSteps } from '../../record/looking-steps.js';
import { type TakenBack, takenBackSteps } from '../../record/taken-back.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { localClock, localTime } from '../frame/local-time.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { budgetWords } from './plan-bounds.js';

/** The log of an operation, one event a line; an extra line names the day and zone when they change. */
export function renderEvents(
  { plan, events }: Pick<OperationRecord, 'plan' | 'events'>,
  paint: ChalkInstance = plain,
): string {
  const looks = lookingSteps(plan, KINDS);
  const nameOf = stepNames(takenBackSteps(plan, KINDS));
  const lines: string[] = [];
  let day = '';
  for (const event of events) {
    const time = localTime(event.at);
    const today = `${time.slice(0, 10)} ${time.slice(20)}`;
    if (today !== day) lines.push(paint.dim(today));
    day = today;
    lines.push(`${paint.dim(localClock(event.at))}  ${sanitizeLine(describe(event, plan, looks, nameOf))}`);
  }
  return lines.join('\n');
}

function describe(event: RunEvent, plan: Plan, looks: LookingSteps, nameOf: StepName): string {
  switch (event.type) {
    case 'operation-started':
      return `${event.resumed ? 'resumed' : 'started'} by ${event.operator}${event.budgets ? `, stops ${budgetWords(event.budgets, plan)}` : ''}`;
    case 'step-started': {
      const again = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
      return `${event.lane} ${nameOf(event)} started${again}`;
    }
    case 'step-finished':
      return `${event.lane} ${nameOf(event)} ${resultWords(event.result, looks(event))}`;
    case 'progress':
      return `${event.lane} ${nameOf(event)} ${event.doneBytes} of ${event.totalBytes} bytes`;
    case 'batch-started':
      return batchWords(event);
    case 'host-set-aside':
      return asideWords(event);
    case 'turned':
      return turnWords(event);
    case 'kept':
      return `${event.keeper} kept`;
    case 'keeper-lost':
      return lossWords(event);
    case 'asked':
    case 'answered':
    case 'heard':
      return talkWords(event);
    case 'operation-finished':
      return endWords(event);
  }
}

/** `failed: 3 of 4 hosts done`; a message that only repeats the state is left out. */
export function endWords({ state, message }: RunEvent & { type: 'operation-finished' }): string {
  return message === '' || message === state ? state : `${state}: ${message}`;
}

/** `turned back by wang: it was told to stop`. */
export function turnWords({ why, reason, by }: Turned): string {
  return `${why === 'passed' ? 'on the way back' : 'turned back'}${by === '' ? '' : ` by ${by}`}: ${reason}`;
}

/** `control asks: go home? (go, heal)`, `control is answered by li: go`, `told by li: stop`. */
export function talkWords(event: RunEvent & { type: 'asked' | 'answered' | 'heard' }): string {
  if (event.type === 'heard') return `told by ${event.by}: ${event.word}`;
  return event.type === 'asked'
    ? `${event.lane} asks: ${event.question} (${event.words.join(', ')})`
    : `${event.lane} is answered by ${event.by}: ${event.word}`;
}

/** `lease lost: the lease of the cut: no such set`. */
export function lossWords({ keeper, reason }: RunEvent & { type: 'keeper-lost' }): string {
  return `${keeper} lost: ${reason}`;
}

/** `new-b-07 set aside: disk full; new-b-21 takes its place`. */
export function asideWords({ host, reason, replacedBy }: RunEvent & { type: 'host-set-aside' }): string {
  return `${host} set aside: ${reason}; ${replacedBy ?? 'no other'} takes its place`;
}

/** `batch 2 of 4: new-b-[02-06]`. */
export function batchWords({ batch, batches, hosts }: RunEvent & { type: 'batch-started' }): string {
  return `batch ${batch} of ${batches}: ${fold(hosts)}`;
}

type StepName = (address: StepAddress) => string;

/** `restart/leave`; where that is taken back, `back in traffic (undo restart/leave)`. */
function stepNames(takenBack: TakenBack): StepName {
  return (address) => {
    const name = `${address.stage}/${address.step}`;
    if (!address.undo) return name;
    const words = takenBack(address);
    return words === `undo ${address.step}` ? `undo ${name}` : `${words} (undo ${name})`;
  };
}

function resultWords(result: StepResult, looks: boolean): string {
  const status = result.status === 'done' && !result.changed && !looks ? 'unchanged' : result.status;
  const time = 'elapsedMs' in result ? ` ${formatDuration(result.elapsedMs)}` : '';
  return `${status}${time}${result.message === '' ? '' : `: ${result.message}`}${findingWords(result)}`;
}

/** ` (lag: 0.0 s, wanted 0; database.position = 0-1-42)`. */
function findingWords(result: StepResult): string {
  const seen = ('evidence' in result && result.evidence) || [];
  const facts = ('facts' in result && result.facts) || {};
  const words = [
    ...seen.map((each) => `${each.ok ? '' : 'not '}as wanted: ${evidenceWords(each)}`),
    ...Object.entries(facts).map(([name, value]) => `${name} = ${value}`),
  ];
  return words.length === 0 ? '' : ` (${words.join('; ')})`;
}
