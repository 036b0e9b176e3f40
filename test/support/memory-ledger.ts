import type { Signal } from '../../src/lib/ledger/ledger.js';
import type { RunEvent } from '../../src/lib/record/events.js';
import type { RunOptions } from '../../src/lib/run/run-options.js';

/** The part of a ledger that the runner writes, in memory, for tests of the runner's own logic. */
export class MemoryLedger implements Pick<RunOptions, 'ledger'> {
  readonly events: RunEvent[] = [];
  readonly unfit = new Map<string, string>();
  readonly assigned: string[] = [];
  readonly returned: string[] = [];
  readonly keptOut = new Set<string>();
  readonly takenByOthers = new Set<string>();
  readonly signals: Signal[] = [];
  finished: { state: string; message: string } | undefined;
  released = false;

  readonly ledger: RunOptions['ledger'] = {
    append: async (_operation, event) => void this.events.push(event),
    signals: async (_operation, after) => this.signals.filter(({ seq }) => seq > after),
    claim: async (host) => !this.takenByOthers.has(host),
    assign: async (host) => void this.assigned.push(host),
    setUnfit: async (host, _operation, reason) => void this.unfit.set(host, reason),
    release: async (_operation, host) => {
      if (host === undefined) this.released = true;
      else this.returned.push(host);
    },
    setKeptOut: async (host, app, _operation, wanted) =>
      void this.keptOut[wanted === 'out' ? 'add' : 'delete'](`${host} ${app}`),
    finish: async (_operation, state, message) => {
      this.finished = { state, message };
    },
  };
}
