import { fault } from '../fault.js';
import type { ServerStatistics } from '../server-state.js';
import { rowsOf } from './rows.js';
import { ask, type HaproxyBackend, type ReadRuntime } from './runtime-socket.js';
import { excerpt } from './servers.js';

/** What HAProxy counts for a server, and what it shows of the server's options (`show stat`; Management Guide, 9.1). */
export interface HaproxyStatistics extends ServerStatistics {
  /** The most requests at a time; undefined: no limit. */
  readonly maxconn: number | undefined;
  /** The value of its cookie; empty: none. */
  readonly cookie: string;
}

const COLUMNS = ['svname', 'scur', 'qcur', 'stot', 'slim', 'status'];

/** The servers' rows by column name, by server name. */
export async function readStatistics(runtime: ReadRuntime): Promise<ReadonlyMap<string, HaproxyStatistics>> {
  const { backend } = runtime;
  return parseStatistics(await ask(runtime, `show stat ${backend.backend} 4 -1`), backend);
}

/** @throws StepFailure of the balancer for an invalid answer */
export function parseStatistics(
  answer: string,
  backend: HaproxyBackend,
): ReadonlyMap<string, HaproxyStatistics> {
  const [head = [], ...rows] = rowsOf(answer, backend)
    .filter((line) => line.trim() !== '')
    .map((line) => cellsOf(line.replace(/^# /, '')));
  if (!COLUMNS.every((column) => head.includes(column)))
    throw fault(backend, `has no ${missingIn(answer)} ${backend.backend}: ${excerpt(answer)}`);
  const places = new Map(head.map((column, index) => [column, index]));
  const all = rows.map((row) => {
    const value = (column: string) => row[places.get(column) ?? -1] ?? '';
    const name = value('svname');
    const number = (column: string) => {
      const text = value(column);
      if (/^\d{1,15}$/.test(text)) return Number(text);
      throw fault(backend, `counts ${excerpt(text)} for ${column} of ${excerpt(name)}`);
    };
    return {
      name,
      sessions: number('scur') + number('qcur'),
      requests: number('stot'),
      inTraffic: /^(UP|no check)/.test(value('status')),
      isBackup: value('bck') === '1',
      maxconn: value('slim') === '' ? undefined : number('slim'),
      cookie: value('cookie'),
    };
  });
  return new Map(all.map((each) => [each.name, each]));
}

/** The state of its servers is asked for at the same time, and says this in other words. */
function missingIn(answer: string): string {
  return answer.trim() === 'No such proxy.' ? 'backend' : 'statistics of';
}

/** A text with commas is in double quotes; double quotes within it are doubled (Management Guide, 9.1). */
function cellsOf(line: string): string[] {
  const cells = `,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...cells].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}
