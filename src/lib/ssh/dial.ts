import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { sentenceOf } from '../errors.js';
import { withPort } from '../names/addresses.js';
import type { Host } from '../names/host.js';
import { tooManyFiles } from '../open-files.js';
import { onAbort } from './abort.js';
import { ConnectError, type ConnectFailure, ForwardError, LinkLostError } from './connect-error.js';
import type { Deadline } from './deadline.js';
import { sendPacketsWhole } from './packet-writes.js';
import type { Session } from './transport.js';

const WHAT_ERRNO_SAYS: ReadonlyMap<string, readonly [ConnectFailure, string]> = new Map([
  ['ECONNREFUSED', ['unreachable', 'nothing listens there (connection refused)']],
  ['EHOSTUNREACH', ['unreachable', 'no route to it']],
  ['ENETUNREACH', ['unreachable', 'no route to its network']],
  ['EADDRNOTAVAIL', ['unreachable', 'no route to it']],
  ['EACCES', ['unreachable', 'the local firewall forbids it']],
  ['ENOTFOUND', ['unreachable', 'its name is unknown to DNS']],
  ['EAI_AGAIN', ['unreachable', 'DNS gave no answer for its name']],
  ['ETIMEDOUT', ['timed-out', 'no answer']],
  ['ECONNRESET', ['dropped', 'it hung up at once']],
]);

/**
 * A TCP connection to the host's sshd, made while `work` is done on this machine: the host starts its side of the login at once.
 * The time of the work is not the host's, as an agent may be slow. If one of the two fails, no socket is left behind.
 */
export async function dialDuring<T>(
  work: () => Promise<T>,
  host: Host,
  jump: Session | undefined,
  deadline: Deadline,
): Promise<[Duplex, T]> {
  const dialling = dial(host, jump, deadline);
  try {
    return await Promise.all([dialling, deadline.whileHuman(work)]);
  } catch (error) {
    dialling.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    throw error;
  }
}

/** Direct, or opened by its jump host. */
function dial(host: Host, jump: Session | undefined, deadline: Deadline): Promise<Duplex> {
  return jump ? dialThrough(host, jump, deadline) : dialStraight(host, deadline.signal);
}

function dialStraight(host: Host, signal: AbortSignal): Promise<Duplex> {
  const { address, port, addressFamily, bindAddress } = host.ssh;
  return new Promise((resolve, reject) => {
    // By default Node gives each address of a name 250 ms, too little for a distant host.
    const socket = connectSocket({
      host: address,
      port,
      noDelay: true,
      ...(addressFamily !== undefined && { family: addressFamily }),
      ...(bindAddress !== undefined && { localAddress: bindAddress }),
      autoSelectFamilyAttemptTimeout: 2000,
    });
    const forget = onAbort(signal, (reason) => {
      socket.destroy();
      reject(reason);
    });
    const onError = (error: Error) => {
      forget();
      const ours = tooManyFiles(error);
      if (ours !== undefined) return reject(ours);
      const where = withPort(address, port);
      const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
      const [failure, what] = WHAT_ERRNO_SAYS.get(code) ?? ['unreachable', sentenceOf(error) || code];
      reject(new ConnectError(host.name, failure, `${host.name} (${where}): ${what}`));
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      forget();
      socket.removeListener('error', onError);
      // Until ssh2 listens: an error event without a listener would end the process.
      socket.on('error', () => undefined);
      sendPacketsWhole(socket);
      resolve(socket);
    });
  });
}

async function dialThrough(host: Host, jump: Session, deadline: Deadline): Promise<Duplex> {
  const { address, port } = host.ssh;
  const at = `${host.name} (${withPort(address, port)}) through ${jump.host}`;
  try {
    // Our deadline ends first: its error names the target, the error of the jump host names only the jump host.
    return await jump.connectTcp(address, port, deadline.leftMs + 1000, deadline.signal);
  } catch (error) {
    if (error instanceof ForwardError)
      throw new ConnectError(
        host.name,
        'unreachable',
        error.failure === 'forbidden'
          ? `${at}: ${jump.host} does not let us through`
          : `${at}: ${jump.host} cannot connect to it`,
        error.hint,
      );
    if (error instanceof LinkLostError)
      throw new ConnectError(host.name, 'dropped', `${at}: the connection to ${jump.host} was lost`);
    throw error;
  }
}
