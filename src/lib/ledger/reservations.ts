import { RefusedError } from '../errors.js';
import type { ReleasedReservation, ReservationRequest, TakenSpare } from './ledger.js';
import { type Database, inChunks, type PoolTableRow, type ReservationRow, type Tx } from './tables.js';

/** Reserves spare hosts by hand, all or none. @throws RefusedError as Ledger.reserve */
export async function reserveByHand(
  tx: Tx,
  request: ReservationRequest,
  now: Date,
): Promise<readonly TakenSpare[]> {
  const { candidates, count, operator, note, forMs } = request;
  await tx.deleteFrom('reservations').where('until', '<=', now.toISOString()).execute();
  const names = candidates.map((host) => host.name);
  const taken = new Map<string, string>();
  const held = await liveReservations(tx, now, names);
  for (const row of held) taken.set(row.host, holderText(row));
  for (const row of await rowsOfHosts(tx, names))
    taken.set(row.host, `${row.state} by operation ${row.operation}`);
  const named = count === candidates.length;
  const own = new Set(named ? held.filter((row) => row.operator === operator).map((row) => row.host) : []);
  const chosen = candidates.filter(({ name }) => own.has(name) || !taken.has(name)).slice(0, count);
  if (chosen.length < count) throw tooFew(request, chosen.length, taken);
  for (const chunk of inChunks([...own]))
    await tx.deleteFrom('reservations').where('host', 'in', chunk).where('released_at', '=', '').execute();
  const since = now.toISOString();
  const until = new Date(now.getTime() + forMs).toISOString();
  const rows = chosen.map(({ name, room }) => ({ host: name, room, operator, note, since, until, ...KEPT }));
  for (const chunk of inChunks(rows)) await tx.insertInto('reservations').values(chunk).execute();
  return rows.map(spareOfReservation);
}

const KEPT = { released_by: '', released_at: '' };

/** Reservations that are neither over nor released, of these hosts or of all. */
export async function liveReservations(
  db: Database | Tx,
  now: Date,
  hosts?: readonly string[],
): Promise<readonly ReservationRow[]> {
  const live = db
    .selectFrom('reservations')
    .selectAll()
    .where('until', '>', now.toISOString())
    .where('released_at', '=', '')
    .orderBy('host');
  if (hosts === undefined) return await live.execute();
  return (
    await Promise.all(inChunks(hosts).map((chunk) => live.where('host', 'in', chunk).execute()))
  ).flat();
}

/** Frees hosts that are reserved by hand; who released them is stored, to tell the operator who had reserved them. */
export async function releaseByHand(
  tx: Tx,
  hosts: readonly string[],
  by: string,
  now: Date,
): Promise<readonly TakenSpare[]> {
  const rows = await liveReservations(tx, now, hosts);
  for (const chunk of inChunks(rows.map((row) => row.host)))
    await tx
      .updateTable('reservations')
      .set({ released_by: by, released_at: now.toISOString() })
      .where('host', 'in', chunk)
      .where('released_at', '=', '')
      .execute();
  return rows.map(spareOfReservation);
}

/** Reservations that another operator released and whose time is not over. */
export async function releasedReservations(db: Database, now: Date): Promise<readonly ReleasedReservation[]> {
  const rows = await db
    .selectFrom('reservations')
    .selectAll()
    .where('until', '>', now.toISOString())
    .where('released_at', '!=', '')
    .whereRef('released_by', '!=', 'operator')
    .orderBy('released_at')
    .orderBy('host')
    .execute();
  return rows.map(({ host, room, operator, until, released_by, released_at }) => ({
    host,
    room,
    operator,
    until,
    releasedBy: released_by,
    releasedAt: released_at,
  }));
}

export function spareOfReservation(row: Omit<ReservationRow, 'released_by' | 'released_at'>): TakenSpare {
  const { host, room, operator, note, since, until } = row;
  const byHand = { operator, until };
  return { host, room, state: 'reserved', app: '', group: '', operation: '', reason: note, since, byHand };
}

/** `reserved by wang until 2026-11-23T12:00:00.000Z`. */
export function holderText({ operator, until }: Pick<ReservationRow, 'operator' | 'until'>): string {
  return `reserved by ${operator} until ${until}`;
}

async function rowsOfHosts(tx: Tx, hosts: readonly string[]): Promise<readonly PoolTableRow[]> {
  const found = inChunks(hosts).map((chunk) =>
    tx.selectFrom('resources').selectAll().where('host', 'in', chunk).execute(),
  );
  return (await Promise.all(found)).flat();
}

function tooFew(
  { candidates, count }: ReservationRequest,
  free: number,
  taken: ReadonlyMap<string, string>,
): RefusedError {
  const hint = 'kuafu resource list shows the pool';
  if (count !== candidates.length) {
    const wanted = count === 1 ? '1 spare host is' : `${count} spare hosts are`;
    const left = free === 0 ? 'none is' : `${free} ${free === 1 ? 'is' : 'are'}`;
    return new RefusedError(`${wanted} wanted, ${left} free; nothing was reserved`, hint);
  }
  const shown = [...taken].slice(0, 5).map(([host, how]) => `${host} (${how})`);
  const more = taken.size > shown.length ? ` and ${taken.size - shown.length} more` : '';
  return new RefusedError(`not free: ${shown.join(', ')}${more}; nothing was reserved`, hint);
}
