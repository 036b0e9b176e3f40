import { KINDS } from '../../actions.js';
import { formatBytes } from '../../bytes.js';
import { formatDuration } from '../../duration.js';
import { fold } from '../../names/nodeset.js';
import type { Plan } from '../../plan/plan.js';
import type { RunEvent, StepResult } from '../../record/events.js';
import { type LookingSteps, lookingSteps } from '../../record/looking-steps.js';
import { say } from '../frame/output.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { asideWords, batchWords, endWords, lossWords, talkWords, turnWords } from './event-log-view.js';
import type { Pending } from './pending.js';
import { RunState, waitWords } from './run-state.js';
import type { RunView } from './run-view.js';

/** After this much silence a line says which hosts are awaited. */
const WAITING_MS = 30_000;

/** Shows an operation without a terminal: one line per change of state, host first, for logs and pipes. */
export class RunLines implements RunView {
  readonly #state: RunState;
  readonly #looks: LookingSteps;
  readonly #print: (line: string) => void;
  readonly #timer: NodeJS.Timeout;
  #printedMs = performance.now();

  constructor(plan: Plan, past: readonly RunEvent[] = [], print: (line: string) => void = say) {
    this.#state = new RunState(plan, past, () => performance.now());
    this.#looks = lookingSteps(plan, KINDS);
    this.#print = print;
    this.#timer = setInterval(() => this.#sayWaiting(), WAITING_MS / 10).unref();
  }

  readonly listener = (event: RunEvent): void => {
    const line = this.#lineOf(event);
    this.#state.apply(event);
    if (line !== undefined) this.#line(line);
  };

  pending(): Pending[] {
    return this.#state.pending();
  }

  async done(): Promise<void> {
    clearInterval(this.#timer);
  }

  #lineOf(event: RunEvent): string | undefined {
    switch (event.type) {
      case 'operation-started':
        return event.resumed ? `resumed by ${event.operator}` : undefined;
      case 'step-started':
        return event.attempt > 1
          ? `${event.lane} ${this.#title(event)} again, attempt ${event.attempt}`
          : undefined;
      case 'step-finished': {
        const bytes = this.#state.row(event).running.get(event.lane)?.doneBytes ?? 0;
        return `${event.lane} ${this.#title(event)} ${describeResult(event.result, bytes, this.#looks(event))}`;
      }
      case 'host-set-aside':
        return asideWords(event);
      case 'batch-started':
        return batchWords(event);
      case 'turned':
        return turnWords(event);
      case 'keeper-lost':
        return lossWords(event);
      case 'asked':
      case 'answered':
      case 'heard':
        return talkWords(event);
      case 'operation-finished':
        return endWords(event);
      case 'kept':
      case 'progress':
        return undefined;
    }
  }

  #title(event: RunEvent & { type: 'step-started' | 'step-finished' }): string {
    return this.#state.row(event).title;
  }

  #sayWaiting(): void {
    if (performance.now() - this.#printedMs < WAITING_MS) return;
    for (const row of this.#state.rows) {
      if (row.running.size === 0) continue;
      const since = Math.min(...[...row.running.values()].map((step) => step.sinceMs));
      const hosts = fold([...row.running.keys()]);
      const wait = [...row.running.values()].map(waitWords).find((words) => words !== '') ?? '';
      this.#line(
        `${hosts} ${row.title} still running after ${formatDuration(performance.now() - since)}${wait}`,
      );
    }
  }

  #line(text: string): void {
    this.#printedMs = performance.now();
    this.#print(sanitizeLine(text));
  }
}

function describeResult(result: StepResult, bytes: number, looks: boolean): string {
  const words: string[] = [result.status];
  if ('elapsedMs' in result) words.push(formatDuration(result.elapsedMs));
  if (bytes > 0) words.push(formatBytes(bytes));
  if (result.status === 'done' && !result.changed && !looks) words.push('(unchanged)');
  return result.message === '' ? words.join(' ') : `${words.join(' ')}: ${result.message}`;
}
