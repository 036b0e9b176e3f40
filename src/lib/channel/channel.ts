import type { Duplex } from 'node:stream';
import { hostScript } from '../../host-script.js';
import { withPort } from '../names/addresses.js';
import type { WriteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { ForwardError } from '../ssh/connect-error.js';
import type { Session } from '../ssh/transport.js';
import { pipe } from './piped-stream.js';

/**
 * A byte stream to a socket as a host sees it. sshd opens it. If sshd forwards nothing (AllowTcpForwarding no,
 * AllowStreamLocalForwarding no, DisableForwarding), a tool on the host opens it: socat, nc, ncat, BusyBox or bash.
 * `forward` and `host` allow only one of the two ways.
 */
export type ChannelWay = 'auto' | 'forward' | 'host';

export interface ChannelOptions {
  /** How long the opening may take. If a tool carries the stream, also how long the stream may live. */
  readonly timeoutMs: number;
  readonly via?: ChannelWay;
  readonly signal?: AbortSignal | undefined;
}

/** Sessions on which sshd forbade a forwarding: it is not requested again. */
const forbidden = { tcp: new WeakSet<Session>(), unix: new WeakSet<Session>() };

/** @throws {ForwardError} `forbidden`: neither sshd nor a tool can open it; `failed`: no process listens there */
export async function openTcp(
  session: Session,
  address: string,
  port: number,
  { timeoutMs, via = 'auto', signal }: ChannelOptions,
): Promise<Duplex> {
  const byTool = () =>
    byScript(session, ['tcp', address, String(port)], withPort(address, port), timeoutMs, signal);
  if (via === 'host' || (via === 'auto' && forbidden.tcp.has(session))) return await byTool();
  try {
    return await session.connectTcp(address, port, timeoutMs, signal);
  } catch (error) {
    if (via === 'forward' || !(error instanceof ForwardError) || error.failure !== 'forbidden') throw error;
    forbidden.tcp.add(session);
    return await byTool();
  }
}

/** The same for a Unix socket. sshd reports a forbidden forwarding and a missing socket in the same way. */
export async function openUnix(
  session: Session,
  path: string,
  { timeoutMs, signal }: ChannelOptions,
): Promise<Duplex> {
  const byTool = () => byScript(session, ['unix', path], path, timeoutMs, signal);
  if (forbidden.unix.has(session)) return await byTool();
  try {
    return await session.connectUnix(path, timeoutMs, signal);
  } catch (error) {
    if (!(error instanceof ForwardError)) throw error;
    const stream = await byTool();
    forbidden.unix.add(session);
    return stream;
  }
}

/** A command of a host that joins its standard input and output to a socket: `tcp ADDRESS PORT` or `unix PATH`. */
export function pipeCommand(args: readonly string[], timeoutMs: number): WriteCommand {
  return scriptCommand(hostScript('channel/pipe'), args, 'write', timeoutMs);
}

const NO_TOOL = 64;

async function byScript(
  session: Session,
  args: readonly string[],
  target: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const command = pipeCommand(args, timeoutMs);
  return await pipe(session, command, signal, ({ exitCode }) =>
    exitCode === NO_TOOL
      ? new ForwardError(
          session.host,
          'forbidden',
          `${session.host}: ${target} cannot be asked: sshd forwards nothing there, and none of ${TOOLS[args[0] ?? '']} is there`,
          'allow forwarding in its sshd_config (AllowTcpForwarding, AllowStreamLocalForwarding), or install socat there',
        )
      : new ForwardError(session.host, 'failed', `${session.host}: no connection to ${target} from there`),
  );
}

const TOOLS: Readonly<Record<string, string>> = {
  tcp: 'socat, nc, ncat, busybox and bash',
  unix: 'socat, nc -U and ncat',
};
