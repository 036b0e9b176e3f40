import type { BalancerServer } from '../balancer-servers.js';
import { fault } from '../fault.js';
import { ownServers } from '../match.js';
import type { ServerState } from '../server-state.js';
import { rowsOf } from './rows.js';
import { ask, type HaproxyBackend, type ReadRuntime } from './runtime-socket.js';

/** A server of a backend from `show servers state` (Management Guide, 9.3), and its meaning for kuafu. */
export interface HaproxyServer extends ServerState {
  /** The configuration file has it as `disabled`: a free place, filled or not. */
  readonly isOfFile: boolean;
  /** In maintenance: it gets no requests and no health checks. */
  readonly isInMaintenance: boolean;
  /** It has a health check that is not running: HAProxy starts the check of an added server only on command. */
  readonly isCheckIdle: boolean;
  /** How many health checks in a row have passed, up to the number where HAProxy stops counting; 0: the last one failed. */
  readonly passes: number;
  readonly usesTls: boolean;
}

// srv_admin_state (include/haproxy/server-t.h, enum srv_admin). 0x04 only remembers that the configuration had `disabled`,
// whatever was commanded since.
const SAID_BY_CONFIGURATION = 0x04;
const FORCED_MAINTENANCE = 0x01;
const FORCED_DRAIN = 0x08;
// Taken from the server that it tracks, either maintenance (0x02) or drain (0x10): it follows that server.
const INHERITED = 0x02 | 0x10;
// srv_op_state: 0 stopped, 1 starting (slowstart), 2 running, 3 stopping.
const STARTING = 1;
const RUNNING = 2;
// srv_check_state: CHK_ST_CONFIGURED and CHK_ST_ENABLED.
const CHECKED = 0x06;
const CONFIGURED = 0x02;
// srv_check_result: CHK_RES_PASSED, and CHK_RES_CONDPASS above it.
const PASSED = 3;

function orderOf(administrative: number): ServerState['order'] {
  const said = administrative & ~SAID_BY_CONFIGURATION & ~INHERITED;
  return said === 0 ? 'in' : said === FORCED_DRAIN ? 'drained' : 'shut';
}

/** True for a server that was being added when the commands were cut off. */
export function isHalfAdded({ isInMaintenance, isCheckIdle }: HaproxyServer): boolean {
  return isInMaintenance && isCheckIdle;
}

/** A place that the configuration keeps free for a future host: `server slot1 0.0.0.0:8080 disabled`. */
function isKeptFree(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

const COLUMNS = [
  'be_name',
  'srv_name',
  'srv_addr',
  'srv_op_state',
  'srv_admin_state',
  'srv_uweight',
  'srv_check_result',
  'srv_check_health',
  'srv_check_state',
  'srv_port',
  'srv_use_ssl',
] as const;

/**
 * The servers of a backend, in their order.
 * @throws StepFailure of the balancer if it has no such backend, or the answer is invalid
 */
export async function readServers(runtime: ReadRuntime): Promise<readonly HaproxyServer[]> {
  const { backend } = runtime;
  return parseServers(await ask(runtime, `show servers state ${backend.backend}`), backend);
}

/**
 * The servers of every backend of the balancer, by backend name.
 * @throws StepFailure like readServers
 */
export async function readAllServers(
  runtime: ReadRuntime,
): Promise<ReadonlyMap<string, readonly HaproxyServer[]>> {
  return parseAllServers(await ask(runtime, 'show servers state'), runtime.backend);
}

/** Parses the answer for one backend: a row of another backend makes it invalid. */
export function parseServers(answer: string, backend: HaproxyBackend): readonly HaproxyServer[] {
  const all = parseAllServers(answer, backend);
  const foreign = [...all.keys()].find((name) => name !== backend.backend);
  if (foreign !== undefined)
    throw fault(backend, `answers what is no state of a server: one of backend ${excerpt(foreign)}`);
  return all.get(backend.backend) ?? [];
}

/** Columns are found by name; a row with another number of columns makes the answer invalid. */
export function parseAllServers(
  answer: string,
  backend: HaproxyBackend,
): ReadonlyMap<string, readonly HaproxyServer[]> {
  const rows = rowsOf(answer, backend)
    .map((line) => line.trim().split(' '))
    .filter(([first]) => first !== '');
  const head = rows.find(([first]) => first === '#')?.slice(1);
  if (head === undefined) throw fault(backend, `has no backend ${backend.backend}: ${excerpt(answer)}`);
  const missing = COLUMNS.filter((column) => !head.includes(column));
  if (missing.length > 0) throw fault(backend, `does not tell ${missing.join(', ')} of its servers`);
  const servers = new Map<string, HaproxyServer[]>();
  // The first line is the version of the format.
  for (const row of rows.filter(([first, ...more]) => first !== '#' && more.length > 0)) {
    if (row.length !== head.length)
      throw fault(backend, `answers what is no state of a server: ${excerpt(row.join(' '))}`);
    const of = (column: (typeof COLUMNS)[number]) => row[head.indexOf(column)] ?? '';
    const name = of('be_name');
    if (!NAME.test(name)) throw fault(backend, `has a backend of the name ${excerpt(name)}`);
    const there = servers.get(name) ?? [];
    servers.set(name, there);
    there.push(serverOf(of, backend));
  }
  for (const [name, there] of servers)
    if (new Set(there.map((server) => server.name)).size < there.length)
      throw fault(backend, `names a server of ${excerpt(name)} twice`);
  return servers;
}

const NAME = /^[A-Za-z0-9_.:-]{1,255}$/;

function serverOf(of: (column: (typeof COLUMNS)[number]) => string, backend: HaproxyBackend): HaproxyServer {
  const name = of('srv_name');
  if (!NAME.test(name)) throw fault(backend, `has a server of the name ${excerpt(name)}`);
  const number = (column: (typeof COLUMNS)[number]) => {
    const text = of(column);
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw fault(backend, `tells ${excerpt(text)} for ${column} of ${name}`);
  };
  const address = of('srv_addr');
  const administrative = number('srv_admin_state');
  const operational = number('srv_op_state');
  const order = orderOf(administrative);
  const checkState = number('srv_check_state') & CHECKED;
  return {
    name,
    address,
    port: number('srv_port'),
    order,
    isOutByTracking: (administrative & INHERITED) !== 0,
    isRunning: operational === RUNNING || operational === STARTING,
    weight: number('srv_uweight'),
    isChecked: checkState === CHECKED,
    checkPassed: number('srv_check_result') >= PASSED,
    // `-`: no address, for example of a Unix socket, or of a name that is not resolved.
    isUnset: address === '-' || isKeptFree(address),
    isFree: order !== 'in' && isKeptFree(address),
    isOfFile: (administrative & SAID_BY_CONFIGURATION) !== 0,
    isInMaintenance: (administrative & FORCED_MAINTENANCE) !== 0,
    isCheckIdle: checkState === CONFIGURED,
    passes: number('srv_check_health'),
    usesTls: number('srv_use_ssl') !== 0,
  };
}

export function excerpt(text: string): string {
  return JSON.stringify(text.trim().slice(0, 120));
}

/**
 * The servers of a step, as they are now.
 * @throws StepFailure of the balancer if another host has the name in the step
 */
export async function readOwn(runtime: ReadRuntime, server: BalancerServer): Promise<HaproxyServer[]> {
  return ownServers(await readServers(runtime), server, runtime.backend);
}
