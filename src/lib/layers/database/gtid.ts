/**
 * The last sequence number by domain and server, such as `0-1` → 1544. MariaDB numbers the transactions of each domain, and
 * notes with each which server it was first committed on (https://mariadb.com/kb/en/gtid/).
 */
export type GtidState = ReadonlyMap<string, number>;

/** Numbers are 64 bits wide; a server that has counted further than this is not believed. */
const GTID = /^(\d{1,10})-(\d{1,10})-(\d{1,15})$/;

/**
 * The value of `gtid_binlog_state`, `gtid_slave_pos` or `gtid_current_pos`.
 * @returns undefined for a text that is no list of GTIDs
 */
export function parseGtids(text: string): GtidState | undefined {
  const state = new Map<string, number>();
  for (const gtid of text.split(',').map((part) => part.trim())) {
    if (gtid === '') continue;
    const [, domain, server, number] = GTID.exec(gtid) ?? [];
    if (number === undefined) return undefined;
    const key = `${domain}-${server}`;
    state.set(key, Math.max(state.get(key) ?? 0, Number(number)));
  }
  return state;
}

/** The later of two states of one server, by domain and server. */
export function joinGtids(one: GtidState, other: GtidState): GtidState {
  const all = new Map(one);
  for (const [key, number] of other) all.set(key, Math.max(all.get(key) ?? 0, number));
  return all;
}

/**
 * The transactions that `one` has and `other` lacks, by domain and server, each as a GTID or as a range, such as
 * `0-2-17` or `0-2-12..17`. The range says where they lie, not how many they are: servers of a domain count together.
 */
export function gtidsBeyond(one: GtidState, other: GtidState): string[] {
  return [...one].flatMap(([key, number]) => {
    const known = other.get(key) ?? 0;
    if (number <= known) return [];
    return [number === known + 1 ? `${key}-${number}` : `${key}-${known + 1}..${number}`];
  });
}

/** The last number of each domain: how far a server is. */
export function lastByDomain(state: GtidState): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const [key, number] of state) {
    const [domain = ''] = key.split('-');
    last.set(domain, Math.max(last.get(domain) ?? 0, number));
  }
  return last;
}

/** The last transaction of each domain, such as `0-1-1544`. */
export function positionText(state: GtidState): string {
  const last = lastByDomain(state);
  return [...state]
    .filter(([key, number]) => last.get(key.split('-')[0] ?? '') === number)
    .map(([key, number]) => `${key}-${number}`)
    .join(',');
}
