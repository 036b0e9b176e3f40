import { isSameAddress } from '../../names/addresses.js';
import type { DatabaseLook, MemberAnswer, ProxyAnswer } from './database-look.js';
import { gtidsBeyond, joinGtids } from './gtid.js';
import type { MemberState, ReplicationSource } from './member.js';

/**
 * What a server is now. `writable replica`: it takes writes and replicates. `read-only`: it takes no writes and replicates
 * from nobody.
 */
export type Role = 'primary' | 'replica' | 'writable replica' | 'read-only';

export function roleOf({ takesWrites, sources }: Pick<MemberState, 'takesWrites' | 'sources'>): Role {
  if (sources.length === 0) return takesWrites ? 'primary' : 'read-only';
  return takesWrites ? 'writable replica' : 'replica';
}

/** Transactions of a member that are in no server that it replicates from, nor in another one that takes writes. */
export interface ErrantTransactions {
  readonly host: string;
  /** The servers that lack them. */
  readonly lackedBy: readonly string[];
  /** As gtidsBeyond() writes them. */
  readonly gtids: readonly string[];
}

/** What is wrong with a database, a sentence each. A member or proxy that could not be asked is accused of nothing. */
export function findingsOf(look: DatabaseLook): string[] {
  return [
    ...writersFindings(look),
    ...look.members.flatMap((member) => replicationFindings(member, look)),
    ...errantTransactions(look).map(
      ({ host, lackedBy, gtids }) =>
        `${host} has transactions that ${lackedBy.join(', ')} lacks: ${firstOf(gtids)}`,
    ),
    ...sameIds(look),
    ...look.members.flatMap(semiSyncFindings),
    ...look.proxies.flatMap((proxy) => proxyFindings(proxy, look)),
  ];
}

/** Enough to recognize them; the JSON document has all. */
const MOST_GTIDS = 10;

function firstOf(gtids: readonly string[]): string {
  const more = gtids.length - MOST_GTIDS;
  return gtids.slice(0, MOST_GTIDS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The members that accept writes; more than one is a split brain. */
export function writersOf({ members }: Pick<DatabaseLook, 'members'>): readonly MemberAnswer[] {
  return members.filter(({ state }) => state?.takesWrites === true);
}

function writersFindings(look: DatabaseLook): string[] {
  const names = writersOf(look).map(({ host }) => host);
  if (names.length > 1) return [`${names.join(' and ')} take writes: only one may`];
  if (names.length === 1 || look.members.some(({ state }) => state === undefined)) return [];
  return ['no server takes writes'];
}

function replicationFindings({ host, state }: MemberAnswer, look: DatabaseLook): string[] {
  if (state === undefined) return [];
  const role = roleOf(state);
  if (role === 'read-only') return [`${host} replicates from nobody, and takes no writes`];
  const isWriter = role === 'writable replica';
  return [
    ...(isWriter ? [`${host} takes writes, though it is a replica of ${sourcesText(state)}`] : []),
    ...state.sources.flatMap((source) => sourceFindings(host, source, look)),
  ];
}

function sourceFindings(host: string, source: ReplicationSource, look: DatabaseLook): string[] {
  const found: string[] = [];
  const stopped = [...(source.receives ? [] : ['receive']), ...(source.applies ? [] : ['apply'])];
  const why = source.error === '' ? '' : `: ${source.error}`;
  if (stopped.length > 0)
    found.push(`${host} does not ${stopped.join(' and ')} what ${source.address} sends${why}`);
  const member = memberAt(source, look);
  // A member that is silent may have that name.
  const allAnswered = look.members.every(({ state }) => state !== undefined);
  if (member === undefined && allAnswered)
    found.push(`${host} replicates from ${source.address}, which is no member`);
  else if (member?.state?.takesWrites === false && writersOf(look).length === 1)
    found.push(`${host} replicates from ${member.host}, which is not the primary`);
  return found;
}

/** Where servers have gone different ways: the transactions of each that the other lacks. */
export function errantTransactions(look: DatabaseLook): ErrantTransactions[] {
  return look.members.flatMap(({ host, state }) => {
    if (state === undefined) return [];
    const others = comparedWith(host, state, look);
    if (others.length === 0) return [];
    const known = others.map((other) => other.state.gtids).reduce(joinGtids);
    const gtids = gtidsBeyond(state.gtids, known);
    return gtids.length === 0 ? [] : [{ host, lackedBy: others.map((other) => other.host), gtids }];
  });
}

type Answered = MemberAnswer & { readonly state: MemberState };

/** The members whose transactions a member must not exceed. */
function comparedWith(host: string, state: MemberState, look: DatabaseLook): Answered[] {
  const sources = state.sources.map((source) => memberAt(source, look)?.host);
  const isRival = (other: Answered) =>
    // Also an old primary that takes no writes any more, and replicates from nobody yet.
    (state.takesWrites || state.sources.length === 0) &&
    other.state.takesWrites &&
    !other.state.sources.some((source) => memberAt(source, look)?.host === host);
  return look.members
    .filter((other): other is Answered => other.state !== undefined && other.host !== host)
    .filter((other) => sources.includes(other.host) || isRival(other));
}

/** By its server_id, as a source may be written by any name or address that leads to it; else by its address. */
export function memberAt(
  { serverId, address, port }: Pick<ReplicationSource, 'serverId' | 'address' | 'port'>,
  { members, port: ownPort }: DatabaseLook,
): MemberAnswer | undefined {
  const known = members.filter(({ state }) => serverId !== '' && state?.serverId === serverId);
  if (known.length === 1) return known[0];
  if (port !== ownPort) return undefined;
  return members.find((member) => member.host === address || isSameAddress(member.address, address));
}

function sourcesText({ sources }: MemberState): string {
  return sources.map(({ address }) => address).join(', ');
}

function sameIds({ members }: DatabaseLook): string[] {
  return members.flatMap(({ host, state }, index) => {
    const earlier = members.slice(0, index).find((other) => other.state?.serverId === state?.serverId);
    if (state === undefined || earlier === undefined || state.serverId === '') return [];
    return [`${earlier.host} and ${host} have the same server_id, ${state.serverId}`];
  });
}

function semiSyncFindings({ host, state }: MemberAnswer): string[] {
  if (state === undefined || !state.takesWrites || !state.semiSync.isEnabled || state.semiSync.isActive)
    return [];
  return [`commits on ${host} wait for no replica: semi-synchronous replication is enabled, and not active`];
}

function proxyFindings({ host, targets }: ProxyAnswer, look: DatabaseLook): string[] {
  if (targets === undefined) return [];
  const strangers = targets.filter(({ member }) => member === undefined).map(({ name }) => name);
  if (strangers.length > 0)
    return [`proxy ${host} sends clients to ${strangers.join(', ')}, which is no member`];
  const [writer, ...others] = writersOf(look);
  // With two writers nobody knows which of them is the primary; a server that is silent may be it.
  if (writer === undefined || others.length > 0 || look.members.some(({ state }) => state === undefined))
    return [];
  if (targets.length === 0)
    return [`proxy ${host} sends clients to no server; the primary is ${writer.host}`];
  const wrong = targets.filter((target) => target.member !== writer.host);
  if (wrong.length === 0) return [];
  return [
    `proxy ${host} sends clients to ${wrong.map(({ name }) => name).join(', ')}, which is not the primary`,
  ];
}
