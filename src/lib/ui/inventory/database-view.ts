import type { DatabaseLook, MemberAnswer, ProxyAnswer } from '../../layers/database/database-look.js';
import { lastByDomain, positionText } from '../../layers/database/gtid.js';
import { errantTransactions, findingsOf, roleOf, writersOf } from '../../layers/database/judge.js';
import type { MemberState } from '../../layers/database/member.js';
import { breakSentences } from '../frame/break-sentences.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { stdoutColumns } from '../frame/screen-width.js';
import { type Cell, renderTable } from '../frame/table.js';

/** The databases, and in which room an address is. */
export interface DatabaseReport {
  readonly databases: readonly (DatabaseLook & { readonly home: string })[];
  readonly roomOf: (address: string) => string | undefined;
}

export interface DatabaseViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

const HEAD = ['DATABASE', 'ROOM', 'SERVER', 'ROLE', 'POSITION', 'BEHIND', 'SEMI-SYNC', 'CLIENTS'];

/** Who is primary, how far each server is, and where each proxy sends clients; below, what is wrong and who was not asked. */
export function renderDatabases(report: DatabaseReport, options: DatabaseViewOptions = {}): string {
  const { paint = plain, width } = options;
  const style = { paintHead: (text: string) => paint.dim(text), ...(width === undefined ? {} : { width }) };
  const { databases } = report;
  const members = databases.flatMap((look) =>
    look.members.map((member) => [
      look.name,
      member.room,
      member.host,
      ...memberCells(member, report, paint),
    ]),
  );
  const proxies = databases.flatMap(({ name, proxies: all }) =>
    all.map((proxy) => [name, proxy.room, proxy.host, targetsCell(proxy, paint)]),
  );
  return [
    renderTable(HEAD, members, style),
    ...(proxies.length === 0
      ? []
      : ['', renderTable(['DATABASE', 'ROOM', 'PROXY', 'SENDS TO'], proxies, style)]),
    ...databases
      .flatMap(sentencesOf)
      .map(({ text, isFault }) =>
        paint[isFault ? 'red' : 'yellow'](breakSentences(text, width ?? stdoutColumns())),
      ),
  ].join('\n');
}

function memberCells({ state }: MemberAnswer, report: DatabaseReport, paint: ChalkInstance): readonly Cell[] {
  if (state === undefined) return [roleCell(state, paint), '', '', '', ''];
  return [
    roleCell(state, paint),
    positionText(state.gtids) || '-',
    behindText(state),
    semiSyncText(state),
    clientsText(state, report),
  ];
}

export function roleCell(state: MemberState | undefined, paint: ChalkInstance): Cell {
  if (state === undefined) return { text: 'unknown', paint: paint.yellow };
  const role = roleOf(state);
  const isUsual = role === 'primary' || role === 'replica';
  return { text: role, paint: isUsual ? paint.green : paint.red };
}

export function targetsCell({ targets }: ProxyAnswer, paint: ChalkInstance): Cell {
  if (targets === undefined) return { text: 'unknown', paint: paint.yellow };
  if (targets.length === 0) return { text: 'nobody', paint: paint.red };
  return targets.map(({ name }) => name).join(', ');
}

/** Seconds, and transactions that have arrived and are not applied. */
export function behindText({ sources, gtids }: MemberState): string {
  const applied = lastByDomain(gtids);
  return sources
    .map(({ secondsBehind, received }) => {
      const waiting = [...lastByDomain(received)].reduce(
        (sum, [domain, number]) => sum + Math.max(0, number - (applied.get(domain) ?? 0)),
        0,
      );
      const seconds = secondsBehind === null ? 'unknown' : `${secondsBehind} s`;
      return waiting === 0 ? seconds : `${seconds}, ${waiting} to apply`;
    })
    .join(' · ');
}

function semiSyncText({ takesWrites, semiSync: { isEnabled, isActive, replicas } }: MemberState): string {
  if (!takesWrites) return '';
  if (!isEnabled) return 'off';
  return isActive ? `on, ${replicas} replica${replicas === 1 ? '' : 's'}` : 'not active';
}

/** Sessions by the room that they come from: `A 12, B 3`. */
function clientsText({ clients }: MemberState, { roomOf }: DatabaseReport): string {
  const byRoom = new Map<string, number>();
  for (const { address, sessions } of clients) {
    const room = address === 'localhost' ? 'local' : (roomOf(address) ?? 'elsewhere');
    byRoom.set(room, (byRoom.get(room) ?? 0) + sessions);
  }
  return [...byRoom].map(([room, sessions]) => `${room} ${sessions}`).join(', ');
}

function sentencesOf(look: DatabaseReport['databases'][number]): { text: string; isFault: boolean }[] {
  const about = (text: string, isFault: boolean) => ({
    text: sanitizeLine(`${look.name}: ${text}`),
    isFault,
  });
  const silent = [...look.members, ...look.proxies].flatMap(({ host, silence }) =>
    silence === undefined ? [] : [about(`${host} could not be asked: ${silence}`, true)],
  );
  const writer = writersOf(look).length === 1 ? writersOf(look)[0] : undefined;
  const away =
    writer === undefined || writer.room === look.home
      ? []
      : [about(`the primary is in room ${writer.room}; its home is ${look.home}`, false)];
  return [...findingsOf(look).map((text) => about(text, true)), ...silent, ...away];
}

/** `kuafu db status --json`; schemas/db-status.schema.json. */
export function databaseDocument({ databases, roomOf }: DatabaseReport, exitCode: number): object {
  return {
    kind: 'kuafu.db-status',
    version: 1,
    exitCode,
    databases: databases.map((look) => ({
      name: look.name,
      home: look.home,
      primary: writersOf(look).length === 1 ? (writersOf(look)[0]?.host ?? null) : null,
      members: look.members.map((member) => memberDocument(member, roomOf)),
      proxies: look.proxies.map(({ host, room, targets, silence }) => ({
        host,
        room,
        sendsTo: targets?.map(({ name, member }) => ({ name, member: member ?? null })) ?? null,
        silence: silence ?? null,
      })),
      errant: errantTransactions(look),
      findings: findingsOf(look),
    })),
  };
}

function memberDocument(
  { host, room, state, silence }: MemberAnswer,
  roomOf: DatabaseReport['roomOf'],
): object {
  if (state === undefined) return { host, room, role: null, state: null, silence: silence ?? '' };
  return {
    host,
    room,
    role: roleOf(state),
    state: {
      version: state.version,
      serverId: state.serverId,
      takesWrites: state.takesWrites,
      position: positionText(state.gtids),
      semiSync: state.semiSync,
      sources: state.sources.map((source) => ({ ...source, received: positionText(source.received) })),
      clients: state.clients.map((client) => ({ ...client, room: roomOf(client.address) ?? null })),
    },
    silence: null,
  };
}
