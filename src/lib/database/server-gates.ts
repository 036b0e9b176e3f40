import { errantTransactions, memberAt } from '../layers/database/judge.js';
import type { MemberState } from '../layers/database/member.js';
import type { BusySession, MemberDetails } from '../layers/database/member-details.js';
import { plural } from '../plural.js';
import { type Gate, STATUS, type SwitchLook } from './gate.js';

/** A transaction that is older is waited for by nobody: it would be cut off. */
export const OLD_S = 10;
/** MASTER_DEMOTE_TO_SLAVE is there from this version on (https://mariadb.com/kb/en/change-master-to/). */
const OLDEST = [10, 10] as const;

interface Next {
  readonly from: string;
  readonly to: string;
  readonly next: MemberState;
  readonly details: MemberDetails | undefined;
}

export function replicationGates({ look, lacks }: SwitchLook, { from, to, next, details }: Next): Gate[] {
  const errant = errantTransactions(look).find(({ host }) => host === to)?.gtids ?? [];
  const stopped = next.sources.flatMap(({ receives, applies, error }) => [
    ...(receives ? [] : ['does not receive']),
    ...(applies ? [] : ['does not apply']),
    ...(error === '' ? [] : [error]),
  ]);
  const places = next.sources.map((source) => memberAt(source, look)?.host ?? source.address);
  const settings = details?.replication ?? [];
  const byName = settings.filter(({ name }) => name !== '').map(({ name }) => `connection ${name}`);
  const byFile = settings.some(({ byGtid }) => !byGtid) ? ['by file and position'] : [];
  return [
    {
      what: `${to} replicates from`,
      seen: [places.join(', ') || 'nobody', ...byName, ...byFile].join(', '),
      wanted: `${from} alone`,
      ok: places.length === 1 && places[0] === from && byName.length + byFile.length === 0,
      hint: `it has to replicate from ${from} by GTID, in the connection without a name; ${STATUS}`,
    },
    {
      what: `replication at ${to}`,
      seen: stopped.join(', ') || 'receives and applies',
      wanted: 'receives and applies',
      ok: stopped.length === 0,
      hint: `start it when the reason is mended: START SLAVE at ${to}`,
    },
    {
      what: `${to} has not applied`,
      seen: someOf(lacks),
      wanted: 'nothing',
      ok: lacks.length === 0,
      hint: `wait until it has caught up; how far it is: kuafu db status`,
    },
    {
      what: `${to} has, and ${from} lacks`,
      seen: someOf(errant),
      wanted: 'nothing',
      ok: errant.length === 0,
      hint: `somebody wrote at ${to}: bring these transactions to ${from}, or build ${to} anew`,
    },
    ...(details === undefined
      ? []
      : [
          {
            what: `what ${to} applies is in its log`,
            seen: details.logsUpdates ? 'yes' : 'no',
            wanted: 'yes',
            ok: details.logsUpdates,
            hint: `put log_bin and log_slave_updates=1 below [mariadbd] in the files of ${to}`,
          },
        ]),
  ];
}

const MOST = 5;

function someOf(gtids: readonly string[]): string {
  const more = gtids.length - MOST;
  return gtids.slice(0, MOST).join(', ') + (more > 0 ? ` and ${more} more` : '') || 'nothing';
}

/** Semi-synchronous replication is kept as it is: the new primary gets it, with the old one as its replica. */
export function semiSyncGates(
  { semiSync: { isEnabled, isActive, replicas } }: MemberState,
  { from, details }: { readonly from: string; readonly details: MemberDetails | undefined },
): Gate[] {
  if (!isEnabled) return [];
  const hint = `commits on ${from} have to wait for its replica again first; ${STATUS}`;
  const seen = isActive ? `active, ${plural(replicas, 'replica')}` : 'not active';
  const ok = isActive && replicas > 0;
  return [
    { what: `semi-sync at ${from}`, seen, wanted: 'active', ok, hint },
    ...(details === undefined
      ? []
      : [
          {
            what: `${from} acknowledges as a replica`,
            seen: details.acknowledges ? 'yes' : 'no',
            wanted: 'yes',
            ok: details.acknowledges,
            hint: `put rpl_semi_sync_slave_enabled=1 below [mariadbd] in the files of ${from}, and set it`,
          },
        ]),
  ];
}

/** A server that restarts must not take writes by itself: it would be the second one. */
export function fileGates(host: string, details: MemberDetails | undefined): Gate[] {
  if (details === undefined) return [];
  const hint = `put read_only=1 below [mariadbd] in the files of ${host}, so that a restart gives no second primary`;
  const seen = details.startsReadOnly ? 'on' : 'off';
  return [
    { what: `read_only in the files of ${host}`, seen, wanted: 'on', ok: details.startsReadOnly, hint },
  ];
}

export function busyGate(host: string, busy: readonly BusySession[]): Gate {
  return {
    what: `sessions at ${host} busy for ${OLD_S}s or more`,
    seen: busySessions(busy) || 'none',
    wanted: 'none',
    ok: busy.length === 0,
    hint: 'wait until they have ended, or have their owner end them: their transactions would be cut off',
  };
}

/** `thread 12 (app at 198.18.1.11, transaction, 40s): UPDATE …` */
export function busySessions(busy: readonly BusySession[]): string {
  return busy
    .map(({ thread, user, address, seconds, inTransaction, statement }) => {
      const who = `thread ${thread} (${user} at ${address}${inTransaction ? ', transaction' : ''}, ${seconds}s)`;
      return statement === '' ? who : `${who}: ${statement}`;
    })
    .join('; ');
}

export function versionGates(
  old: MemberState,
  next: MemberState,
  { from, to }: { readonly from: string; readonly to: string },
): Gate[] {
  const [one, other] = [seriesOf(old), seriesOf(next)];
  const isNew = [one, other].every(
    ([major, minor]) => major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]),
  );
  return [
    {
      what: `versions of ${from} and ${to}`,
      seen: old.version === next.version ? old.version : `${old.version}, ${next.version}`,
      wanted: `one series, ${OLDEST.join('.')} or later`,
      ok: isNew && one.join('.') === other.join('.'),
      hint: `the old primary becomes a replica: it has to understand what ${to} sends`,
    },
    {
      what: `server_id of ${from} and ${to}`,
      seen: `${old.serverId}, ${next.serverId}`,
      wanted: 'two',
      ok: old.serverId !== next.serverId,
      hint: `give one of them another server_id`,
    },
  ];
}

function seriesOf({ version }: MemberState): readonly [number, number] {
  const [, major = '0', minor = '0'] = /^(\d{1,3})\.(\d{1,3})\./.exec(version) ?? [];
  return [Number(major), Number(minor)];
}
