import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence } from '../record/findings.js';
import { type LookHandler, StepFailure } from '../run/step-handler.js';
import { unlessAborted } from '../ssh/abort.js';
import type { DnsHoldAction } from './actions.js';
import type { AuthorityWays } from './authority-ways.js';
import { type EntryState, readEntries } from './entries.js';

const LOOK_EVERY_MS = 1000;

/** The entries are asked at least once when the time is over: what counts is how they do with the users that they have got. */
export function holdHandler({ entry }: Pick<AuthorityWays, 'entry'>): LookHandler<DnsHoldAction> {
  return {
    async apply({ room, entries, seconds }, context) {
      const deadline = performance.now() + seconds * 1000;
      for (;;) {
        const leftMs = deadline - performance.now();
        const states = await unlessAborted(readEntries(entries, entry), context.signal);
        const evidence = states.map((state) => evidenceOf(state, room));
        const sick = evidence.find(({ ok }) => !ok);
        if (sick)
          throw new StepFailure(
            'failed',
            `${sick.what} is not healthy: ${sick.seen}`,
            undefined,
            undefined,
            evidence,
          );
        if (leftMs <= 0) return { changed: false, message: unknownWords(evidence, states), evidence };
        context.waitsFor(`${Math.ceil(leftMs / 1000)}s until users of before ask again`);
        await sleep(Math.min(leftMs, LOOK_EVERY_MS), undefined, { signal: context.signal });
      }
    },
  };
}

/** One that could not be asked accuses nobody. */
function evidenceOf({ name, address, health }: EntryState, room: string): Evidence {
  return {
    what: `the entry of room ${room} for ${name}`,
    seen: health.state === 'healthy' ? `${address}: healthy` : `${address}: ${health.reason}`,
    wanted: 'healthy',
    ok: health.state !== 'sick',
  };
}

function unknownWords(evidence: readonly Evidence[], states: readonly EntryState[]): string {
  const silent = evidence.filter((_, index) => states[index]?.health.state === 'unknown');
  return silent.map(({ what, seen }) => `${what} could not be asked: ${seen}`).join('; ');
}
