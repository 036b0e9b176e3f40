import { hostScript } from '../../../../host-script.js';
import { scriptCommand } from '../../../shell/quote.js';
import type { ReadSession } from '../../../ssh/transport.js';
import { ask, type ReadRuntime } from './runtime-socket.js';
import { type BackendLines, parseBackend } from './server-lines.js';

/** The HAProxy process that answers now: a new one after each reload. */
export interface Process {
  /** Empty if HAProxy does not report it. */
  readonly pid: string;
  readonly uptimeS: number;
}

const SCRIPT_TIMEOUT_MS = 15_000;
const MAX_CONFIGURATION_BYTES = 4_000_000;

export async function readProcess(runtime: ReadRuntime): Promise<Process> {
  const answer = await ask(runtime, 'show info');
  const value = (key: string) => new RegExp(`^${key}: (\\d{1,10})$`, 'm').exec(answer)?.[1] ?? '';
  return { pid: value('Pid'), uptimeS: Number(value('Uptime_sec')) };
}

/** By session, because hosts that join one after the other all need it: the configuration, and the process that had it. */
const configurations = new WeakMap<ReadSession, { readonly pid: string; readonly text: string }>();

/**
 * What its configuration file says of the backend; undefined if it cannot be read or understood. It is read once for each
 * process: a file that was changed since then has no effect before the next reload.
 */
export async function readBackendLines(runtime: ReadRuntime): Promise<BackendLines | undefined> {
  const { pid } = await readProcess(runtime);
  const known = configurations.get(runtime.session);
  const text = known?.pid === pid ? known.text : await readConfiguration(runtime, pid);
  if (text === undefined) return undefined;
  if (pid !== '') configurations.set(runtime.session, { pid, text });
  return parseBackend(text, runtime.backend.backend);
}

async function readConfiguration({ session, signal }: ReadRuntime, pid: string): Promise<string | undefined> {
  const words = [pid === '' ? '0' : pid];
  const command = scriptCommand(hostScript('balancer/configuration'), words, 'read', SCRIPT_TIMEOUT_MS);
  const io = { maxOutputBytes: MAX_CONFIGURATION_BYTES, ...(signal ? { signal } : {}) };
  const { exitCode, truncated, stdout } = await session.run(command, io);
  return exitCode !== 0 || truncated ? undefined : stdout;
}

/**
 * Processes that a reload replaced and that still handle requests: the process that answers does not count their sessions.
 * Undefined: not known, as for an HAProxy in a container.
 */
export async function readPredecessors(
  runtime: ReadRuntime,
  { pid }: Process,
): Promise<readonly string[] | undefined> {
  if (pid === '') return undefined;
  const command = scriptCommand(hostScript('balancer/predecessors'), [pid], 'read', SCRIPT_TIMEOUT_MS);
  const result = await runtime.session.run(command, runtime.signal ? { signal: runtime.signal } : {});
  return result.exitCode === 0 ? result.stdout.split('\n').filter((line) => /^\d+$/.test(line)) : undefined;
}
