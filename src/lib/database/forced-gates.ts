import { gtidsBeyond } from '../layers/database/gtid.js';
import { memberAt } from '../layers/database/judge.js';
import type { MemberState } from '../layers/database/member.js';
import { heldGuards } from '../layers/device-holders.js';
import type { Guard } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import { stateOf } from './applied.js';
import { BOTH_DOWN } from './fence-handlers.js';
import type { ForcedFacts } from './forced-facts.js';
import { type Gate, STATUS } from './gate.js';
import type { ForcedSwitch } from './request.js';

/** A forced switch as it was asked for: `from` is the other server, whatever it is now. */
export interface ForcedMove extends ForcedSwitch {
  readonly from: string;
  readonly withoutFence: boolean;
}

/** Why a server could not be fenced; undefined: it can. It need not answer. */
export function unfenceable(host: string, { states, fences }: ForcedFacts): string | undefined {
  const state = states.get(host);
  const fence = fences.get(host);
  if (typeof state === 'string') return state;
  if (typeof fence === 'string') return fence;
  if (fence === undefined || state === undefined) return 'it is no server of the database';
  if (!fence.hasUnit) return 'its host has no mariadb.service';
  if (fence.file === 'foreign') return `${fence.path} is not a file of kuafu`;
  return fence.path === ''
    ? 'its host has no folder /etc/mysql/mariadb.conf.d or /etc/my.cnf.d for a file of the server'
    : undefined;
}

export function forcedGates(move: ForcedMove, facts: ForcedFacts): Gate[] {
  const { from, to, withoutFence } = move;
  const next = stateOf(facts.look, to);
  const reason = unfenceable(from, facts);
  const again = `kuafu db switch ${quoteWord(move.database.name)} --to ${quoteWord(move.room)} --force --without-fence`;
  const fence: Gate = {
    what: `${from} can be fenced`,
    seen: reason === undefined ? 'yes' : `no: ${reason}`,
    wanted: withoutFence && reason !== undefined ? 'nothing (--without-fence)' : 'yes',
    ok: reason === undefined || withoutFence,
    hint:
      `make ${from} reachable over SSH, by the gateway's outOfBand address for example; or, if it is certain that it takes ` +
      `no writes and never will again (switched off, its disk lost): ${again}`,
  };
  const silence = facts.look.members.find(({ host }) => host === to)?.silence ?? 'it is no member';
  if (next === undefined) {
    const seen = `could not be asked: ${silence}`;
    return [fence, { what: to, seen, wanted: 'an answer', ok: false, hint: STATUS }];
  }
  return [fence, ...sourceGates(move, next, facts), ...receivedGates(move, next, facts), logGate(to, facts)];
}

function sourceGates({ from, to }: ForcedMove, next: MemberState, { look, details }: ForcedFacts): Gate[] {
  const places = next.sources.map((source) => memberAt(source, look)?.host ?? source.address);
  const found = details.get(to);
  const settings = typeof found === 'object' ? found.replication : [];
  const odd = [
    ...settings.filter(({ name }) => name !== '').map(({ name }) => `connection ${name}`),
    ...(settings.some(({ byGtid }) => !byGtid) ? ['by file and position'] : []),
  ];
  const ok = odd.length === 0 && (places.length === 0 || (places.length === 1 && places[0] === from));
  return [
    {
      what: `${to} replicates from`,
      seen: [places.join(', ') || 'nobody', ...odd].join(', '),
      wanted: `${from} alone, or nobody`,
      ok,
      hint: `it has to replicate by GTID, in the connection without a name; ${STATUS}`,
    },
  ];
}

/** What it has received is drained; a server that receives nothing must have everything. */
function receivedGates({ from, to }: ForcedMove, next: MemberState, { look, threads }: ForcedFacts): Gate[] {
  const old = stateOf(look, from);
  const found = threads.get(to);
  if (typeof found === 'string')
    return [{ what: to, seen: `could not be asked: ${found}`, wanted: 'an answer', ok: false, hint: STATUS }];
  if (next.sources.length > 0 && found) {
    const { receiver, applier, error } = found;
    const isLost = receiver === 'down' && applier === 'down';
    const isStuck = applier === 'down' && error !== '';
    const up = applier === 'up' ? 'applies' : 'does not apply';
    return [
      {
        what: `replication at ${to}`,
        seen: isLost ? BOTH_DOWN : [up, ...(error === '' ? [] : [error])].join(', '),
        wanted: 'applies, or can go on to',
        ok: !isLost && !isStuck,
        hint: isLost
          ? `start nothing there: docs/databases.md says how to keep what it has received`
          : `repair what it cannot apply, without stopping the thread that receives; ${STATUS}`,
      },
    ];
  }
  if (old === undefined) return [];
  const lacks = gtidsBeyond(old.gtids, next.gtids);
  return [
    {
      what: `${from} has, and ${to} lacks`,
      seen: lacks.join(', ') || 'nothing',
      wanted: 'nothing, as it does not replicate',
      ok: lacks.length === 0,
      hint: `${to} would take writes without them: kuafu db rejoin makes it a replica first`,
    },
  ];
}

function logGate(to: string, { details }: ForcedFacts): Gate {
  const found = details.get(to);
  const isLogged = typeof found === 'object' && found.logsUpdates;
  const unread = typeof found === 'string' ? `could not be asked: ${found}` : 'no';
  return {
    what: `what ${to} applies is in its log`,
    seen: isLogged ? 'yes' : unread,
    wanted: 'yes',
    ok: isLogged,
    hint: `put log_bin and log_slave_updates=1 below [mariadbd] in the files of ${to}`,
  };
}

/** A server whose state could not be read is no other operation's, as far as anybody knows: whether that refuses is a gate. */
export function forcedClaimGuards(
  database: string,
  { states, holders }: Pick<ForcedFacts, 'states' | 'holders'>,
): Guard[] {
  return [...states].flatMap(([host, state]) =>
    typeof state === 'string' ? [] : heldGuards(`${database} at ${host}`, state, holders),
  );
}
