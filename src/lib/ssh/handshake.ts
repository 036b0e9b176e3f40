import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { withPort } from '../names/addresses.js';
import { onAbort } from './abort.js';
import { ConnectError } from './connect-error.js';
import { keyType } from './known-hosts.js';
import { type Keepalive, Link } from './link.js';
import { Login, type LoginOptions } from './login.js';
import { loginError } from './login-error.js';
import { skipLongBanner } from './long-banner.js';
import { endFloods, FloodError, ignoreHostKeyList } from './ssh2-internals.js';

export interface HandshakeOptions extends LoginOptions {
  readonly socket: Duplex;
  readonly hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[];
  /** Throws when the key is not trusted. */
  readonly judgeHostKey: (blob: Buffer) => void;
  readonly keepalive: Keepalive;
}

/** The phase decides what it means when the host hangs up. */
type Phase = 'before-key' | 'key-refused' | 'authentication' | 'over';

/**
 * Key exchange and authentication on an open socket.
 *
 * @throws {ConnectError} or the error that judgeHostKey threw, or the deadline's reason; the socket is closed then
 */
export function shakeHands(options: HandshakeOptions): Promise<Link> {
  const { ssh2, host, socket, deadline, keepalive } = options;
  const client = new ssh2.Client();
  const login = new Login(client, options);
  let phase: Phase = 'before-key';
  let hostKey = '';
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      forget();
      // ssh2 may still report errors that follow from this one.
      client.removeAllListeners().on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const forget = onAbort(deadline.signal, (reason) => queueMicrotask(() => fail(reason)));
    const judge = (blob: Buffer): boolean => {
      try {
        options.judgeHostKey(blob);
        hostKey = `${keyType(blob)} ${blob.toString('base64')}`;
        return true;
      } catch (error) {
        if (phase === 'before-key') fail(error);
        phase = 'key-refused';
        return false;
      }
    };
    client.on('handshake', () => {
      if (phase !== 'authentication') skipLongBanner(client, () => phase === 'over');
      phase = 'authentication';
    });
    client.on('error', (error) => {
      // One key that cannot sign does not end the login: ssh2 tries the next.
      if (error.level !== 'agent') fail(explain(options, error, phase, login));
    });
    client.on('close', () => fail(explain(options, undefined, phase, login)));
    client.on('ready', () => {
      phase = 'over';
      forget();
      ignoreHostKeyList(client);
      client.removeAllListeners('error').removeAllListeners('close');
      resolve(new Link(host.name, hostKey, client, socket, keepalive));
    });
    // It hung up before there was anybody to hear it.
    if (socket.destroyed) fail(explain(options, undefined, phase, login));
    else start(client, options, judge, login, fail);
  });
}

function start(
  client: Client,
  options: HandshakeOptions,
  judge: (blob: Buffer) => boolean,
  login: Login,
  fail: (error: unknown) => void,
): void {
  const { host, socket, keepalive } = options;
  const config: ConnectConfig = {
    sock: socket,
    username: host.ssh.user,
    authHandler: (_methods, _isPartial, callback) => login.next(callback),
    hostVerifier: judge,
    // The deadline and the watch of the link do this, and name the host.
    readyTimeout: 0,
    keepaliveInterval: keepalive.intervalMs,
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    // GCM needs no MAC, and this curve costs a tenth of OpenSSH's default post-quantum exchange (which ssh2 lacks).
    algorithms: {
      kex: [
        'curve25519-sha256',
        'curve25519-sha256@libssh.org',
        'ecdh-sha2-nistp256',
        'ecdh-sha2-nistp384',
        'ecdh-sha2-nistp521',
        'diffie-hellman-group-exchange-sha256',
        'diffie-hellman-group14-sha256',
        'diffie-hellman-group16-sha512',
      ],
      cipher: [
        'aes128-gcm@openssh.com',
        'aes256-gcm@openssh.com',
        'aes128-ctr',
        'aes256-ctr',
        'chacha20-poly1305@openssh.com',
      ],
      serverHostKey: [...options.hostKeyAlgorithms],
      compress: ['none'],
    },
  };
  try {
    client.connect(config);
    login.listen(client);
    endFloods(client, socket);
  } catch (error) {
    fail(error);
  }
}

function explain(
  options: HandshakeOptions,
  error: (Error & { level?: string; code?: unknown }) | undefined,
  phase: Phase,
  login: Login,
): ConnectError {
  const { name, ssh } = options.host;
  const at = `${name} (${withPort(ssh.address, ssh.port)})`;
  if (error instanceof FloodError) return new ConnectError(name, 'unsupported', `${at}: ${error.message}`);
  // ssh2's own error about what it received. The host's message when it hangs up ("too many authentication failures") has a
  // code.
  const isOurs = typeof error?.code !== 'number' && (error?.level ?? 'protocol') === 'protocol';
  if (phase === 'authentication' && error && isOurs)
    return new ConnectError(
      name,
      'unsupported',
      `${at}: the login is not understood: ${error.message}`,
      'a banner over 35 kB is taken with the ciphers aes128-gcm@openssh.com and aes256-gcm@openssh.com alone: look for Banner and Ciphers in its sshd_config',
    );
  if (phase === 'authentication') return loginError(options, login, error?.level);
  if (error?.level === 'handshake')
    return new ConnectError(name, 'unsupported', `${at}: no key exchange: ${error.message}`);
  return new ConnectError(
    name,
    'dropped',
    `${at}: it hung up before the key exchange${error ? ` (${error.message})` : ''}`,
    'it may have too many logins at once (MaxStartups in sshd_config): try fewer with --forks',
  );
}
