import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { Host } from '../inventory/inventory-types.js';
import { quoteWord } from '../shell/quote.js';
import { onAbort } from './abort.js';
import { ConnectError } from './connect-error.js';
import type { Deadline } from './deadline.js';
import { hostAgent, type SignFailure } from './host-agent.js';
import type { Offer, Ssh2 } from './keyring.js';
import { keyType } from './known-hosts.js';
import { type Keepalive, Link } from './link.js';
import { skipLongBanner } from './long-banner.js';
import { ignoreHostKeyList } from './ssh2-internals.js';

export interface HandshakeOptions {
  readonly ssh2: Ssh2;
  readonly host: Host;
  readonly socket: Duplex;
  readonly offer: Offer;
  readonly hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[];
  /** Throws when the key is not to be believed. */
  readonly judgeHostKey: (blob: Buffer) => void;
  readonly keepalive: Keepalive;
  readonly deadline: Deadline;
}

/** How far it got decides what a hang-up means. */
type Phase = 'before-key' | 'key-refused' | 'authentication' | 'over';

/**
 * Key exchange and authentication on an open socket.
 *
 * @throws {ConnectError} or what judgeHostKey threw, or the deadline's reason; the socket is closed then
 */
export function shakeHands(options: HandshakeOptions): Promise<Link> {
  const { ssh2, host, socket, deadline, keepalive } = options;
  const client = new ssh2.Client();
  const failures: SignFailure[] = [];
  let phase: Phase = 'before-key';
  let hostKey = '';
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      forget();
      // ssh2 may still report what follows from this.
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
      // One key that cannot sign is not the end: ssh2 goes on to the next.
      if (error.level !== 'agent') fail(explain(options, error, phase, failures));
    });
    client.on('close', () => fail(explain(options, undefined, phase, failures)));
    client.on('ready', () => {
      phase = 'over';
      forget();
      ignoreHostKeyList(client);
      client.removeAllListeners('error').removeAllListeners('close');
      resolve(new Link(host.name, hostKey, client, socket, keepalive));
    });
    start(client, options, judge, failures, fail);
  });
}

function start(
  client: Client,
  options: HandshakeOptions,
  judge: (blob: Buffer) => boolean,
  failures: SignFailure[],
  fail: (error: unknown) => void,
): void {
  const { ssh2, host, socket, offer, deadline, keepalive } = options;
  const agent = hostAgent(ssh2, offer.identities, deadline, failures);
  const config: ConnectConfig = {
    sock: socket,
    username: host.ssh.user,
    agent,
    authHandler: ['agent'],
    hostVerifier: judge,
    // The deadline and the link's watch do this, and name the host.
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
  } catch (error) {
    fail(error);
  }
}

function explain(
  options: HandshakeOptions,
  error: (Error & { level?: string; code?: unknown }) | undefined,
  phase: Phase,
  failures: readonly SignFailure[],
): ConnectError {
  const { name, ssh } = options.host;
  const at = `${name} (${ssh.address}:${ssh.port})`;
  // ssh2's own complaint about what came; what the host says when it hangs up ("too many authentication failures") has a code.
  const isOurs = typeof error?.code !== 'number' && (error?.level ?? 'protocol') === 'protocol';
  if (phase === 'authentication' && error && isOurs)
    return new ConnectError(
      name,
      'unsupported',
      `${at}: the login is not understood: ${error.message}`,
      'a banner over 35 kB is taken with the ciphers aes128-gcm@openssh.com and aes256-gcm@openssh.com alone: look for Banner and Ciphers in its sshd_config',
    );
  if (phase === 'authentication') return authError(options, error?.level, failures);
  if (error?.level === 'handshake')
    return new ConnectError(name, 'unsupported', `${at}: no key exchange: ${error.message}`);
  return new ConnectError(
    name,
    'dropped',
    `${at}: it hung up before the key exchange${error ? ` (${error.message})` : ''}`,
    'it may have too many logins at once (MaxStartups in sshd_config): try fewer with --forks',
  );
}

function authError(
  { host, offer }: HandshakeOptions,
  level: string | undefined,
  failures: readonly SignFailure[],
): ConnectError {
  const { name, ssh } = host;
  const offered = offer.identities.map((identity) => identity.label);
  const hungUp = level === 'client-authentication' ? '' : ' and hung up';
  const account = `${ssh.user}@${ssh.address}`;
  const locked = failures.find((failure) => failure.wasLocked);
  if (failures.length > 0) {
    const whys = failures.map(({ label, why }) => (why.includes(label) ? why : `${label}: ${why}`));
    const hint = locked && `ssh-add ${quoteWord(locked.label)} lets the agent sign with it`;
    return new ConnectError(
      name,
      'auth-refused',
      `${name}: no login as ${account}: ${whys.join('; ')}`,
      hint,
    );
  }
  const unusable = offer.unusable.map(({ label, why }) => `${label} ${why}`);
  const unsupported = offer.unusable.find((key) => key.unsupported);
  const tried =
    offered.length > 0 ? `it refuses${hungUp}: ${offered.join(', ')}` : 'there is no key to offer';
  const hint =
    offered.length > 5
      ? 'it may have counted too many keys (MaxAuthTries in sshd_config): name the right one as ssh.identityFile'
      : (offer.unusable.find((key) => key.hint)?.hint ??
        `ssh-copy-id -p ${ssh.port} ${quoteWord(account)}, or name the right key as ssh.identityFile`);
  return new ConnectError(
    name,
    unsupported ? 'unsupported' : 'auth-refused',
    `${name}: no login as ${account}: ${[tried, ...unusable].join('; ')}`,
    hint,
  );
}
