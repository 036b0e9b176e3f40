import { setTimeout as sleep } from 'node:timers/promises';
import { generationText } from '../../../guard/generation.js';
import type { ReadSession } from '../../../ssh/transport.js';
import type { Authority, Capability, ReadAuthority } from '../authority.js';
import { fitsAnswer } from '../expected-answer.js';
import { ChangeRefused, fault, superseded } from '../fault.js';
import { areMade, openChanges, requirePlain } from '../open-changes.js';
import type { RecordSet, SetChange } from '../records.js';
import { askNames } from '../server-answers.js';
import { deviceOf, type PowerdnsReached, patchRrsets, readRrsets, ZONES } from './api.js';
import { judgedIn } from './judged.js';
import { weightedShares } from './lua.js';
import { rrsetChange, setsIn } from './sets.js';

/** `atomic` is missing: its API compares nothing, so another tool may come between the comparison and the change. */
const CAN: ReadonlySet<Capability> = new Set<Capability>(['weights', 'judges', 'generation', 'answers']);

export function lookPowerdns(reached: PowerdnsReached<ReadSession>): ReadAuthority {
  const { zone, session } = reached;
  const list = async () => setsIn(await readRrsets(reached), zone);
  return {
    zone,
    name: session.host,
    can: CAN,
    read: async (names) => (await list()).filter(({ name }) => names.includes(name)),
    list,
    ask: (names) => askNames(reached, names),
    state: () => ZONES.read(session, deviceOf(zone)),
  };
}

export function openPowerdns(reached: PowerdnsReached): Authority {
  const { zone, session } = reached;
  return {
    ...lookPowerdns(reached),
    claim: (from, to) => ZONES.claim(session, deviceOf(zone), from, to),
    close: (state) => ZONES.close(session, deviceOf(zone), state),
    apply: (changes, as) => apply(reached, changes, as),
  };
}

async function apply(
  reached: PowerdnsReached,
  changes: readonly SetChange[],
  as: Parameters<Authority['apply']>[1],
): Promise<void> {
  const { zone, session } = reached;
  requirePlain(session.host, changes);
  const state = await ZONES.read(session, deviceOf(zone));
  if (generationText(state.generation) !== generationText(as.generation))
    throw superseded(session.host, state);
  const rrsets = await readRrsets(reached);
  const open = openChanges(session.host, changes, setsIn(rrsets, zone));
  if (open.length === 0) return;
  const patch = open.map((change) => rrsetChange(change, rrsets, zone));
  try {
    await patchRrsets(reached, patch, as);
  } catch (error) {
    // The answer may be lost, and the change made.
    if (error instanceof ChangeRefused || !areMade(changes, setsIn(await readRrsets(reached), zone)))
      throw error;
  }
  await expectAnswers(reached, [...new Set(changes.map(({ name }) => name))]);
}

const ANSWER_MS = 10_000;
const AGAIN_MS = 200;

/** A record that cannot be computed is taken all the same, and answered with SERVFAIL; and caches take a moment. */
async function expectAnswers(reached: PowerdnsReached, names: readonly string[]): Promise<void> {
  const endMs = performance.now() + ANSWER_MS;
  for (;;) {
    const sets = setsIn(await readRrsets(reached), reached.zone);
    const answers = await askNames(reached, names);
    const wrong = answers.find(
      (answer) =>
        !fitsAnswer(
          sets.filter(({ name }) => name === answer.name),
          answer,
          computedAddresses,
        ),
    );
    if (wrong === undefined) return;
    if (performance.now() > endMs)
      throw fault(
        reached.session.host,
        `took the change, and answers ${wrong.name} with ${[wrong.status, ...wrong.addresses].join(' ')}`,
      );
    await sleep(AGAIN_MS, undefined, { signal: reached.signal });
  }
}

export function computedAddresses({ values }: RecordSet): readonly string[] | undefined {
  const each = values.map((value) => {
    const judged = judgedIn(value);
    return judged?.groups.flat() ?? weightedShares(value)?.map(({ address }) => address);
  });
  return each.includes(undefined) ? undefined : each.flatMap((addresses) => addresses ?? []);
}
