import type { ProxyAnswer } from '../layers/database/database-look.js';
import { writersOf } from '../layers/database/judge.js';
import type { Evidence } from '../record/findings.js';
import { type LookHandler, StepFailure } from '../run/step-handler.js';
import { stateOf } from './applied.js';
import type { DatabaseAloneAction, DatabaseOwnProxiesAction } from './forced-actions.js';
import { type ForcedWays, placeAt } from './forced-ways.js';
import { type Seen, until } from './until.js';

/** A proxy in another room may be as lost as the room: what it says, or that it is silent, is told and is no failure. */
export function ownProxiesHandler(ways: ForcedWays): LookHandler<DatabaseOwnProxiesAction> {
  return {
    async apply({ database, to, withinMs }, context) {
      const room = database.members.find(([, host]) => host === to)?.[0];
      const all = database.proxies?.hosts ?? [];
      const own = all.filter(([of]) => of === room).map(([, host]) => host);
      const others = all.filter(([of]) => of !== room).map(([, host]) => host);
      const look = async (): Promise<Seen> => {
        const { proxies } = await ways.look(placeAt(database, own), 'all', context);
        const evidence = proxies.map((proxy) => proxyEvidence(proxy, to));
        const wrong = evidence.filter(({ ok }) => !ok);
        return { fault: wrong.map(({ what, seen }) => `${what} ${seen}`).join('; ') || undefined, evidence };
      };
      const evidence = await until(look, withinMs, context);
      const { proxies } =
        others.length === 0 ? { proxies: [] } : await ways.look(placeAt(database, others), 'all', context);
      const elsewhere = proxies.map((proxy) => proxyEvidence(proxy, to));
      const left = elsewhere.filter(({ ok }) => !ok).map(({ what, seen }) => `${what} ${seen}`);
      const message = [`clients of room ${room} are sent to ${to}`, ...left].join('; ');
      return { changed: false, message, evidence: [...evidence, ...elsewhere] };
    },
  };
}

function proxyEvidence({ host, targets, silence }: ProxyAnswer, wanted: string): Evidence {
  const names = targets?.map(({ name }) => name).join(', ') || 'nobody';
  const seen = silence === undefined ? names : `could not be asked: ${silence}`;
  return { what: `proxy ${host} sends clients to`, seen, wanted, ok: seen === wanted };
}

export function aloneHandler(ways: ForcedWays): LookHandler<DatabaseAloneAction> {
  return {
    async apply({ database, from, to }, context) {
      const look = await ways.look(database, 'members', context);
      const writers = writersOf(look).map(({ host }) => host);
      const others = writers.filter((host) => host !== to);
      if (others.length > 0) throw new StepFailure('failed', `${others.join(', ')} take writes, too`);
      if (writers.length === 0) throw new StepFailure('failed', `${to} takes no writes`, to);
      const silence = look.members.find(({ host }) => host === from)?.silence;
      const old =
        stateOf(look, from) === undefined
          ? `${from} could not be asked: ${silence}`
          : `${from} is read-only until kuafu db rejoin ${database.name}`;
      return { changed: false, message: `${to} alone takes writes; ${old}` };
    },
  };
}
