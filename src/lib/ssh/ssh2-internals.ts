import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';

// What ssh2 1.17 cannot do by its public interface. Each function does nothing if the internals look different.

/**
 * Sends a signal to a command (RFC 4254, 6.9). ssh2's own channel.signal() does nothing after standard input is closed, and
 * it nearly always is. sshd up to 9.x ignores signals for root's logins.
 */
export function sendSignal(client: Client, channel: ClientChannel, name: 'KILL'): void {
  const protocol = protocolOf(client);
  const { outgoing } = channel;
  if (!protocol || !isOpen(outgoing) || typeof protocol.signal !== 'function') return;
  protocol.signal(outgoing.id, name);
}

/** What ssh2 asks of a channel manager, and of the protocol for a session (RFC 4254, 6.1). */
interface Channels {
  add(opened: unknown): number;
}

const WINDOW_BYTES = 2 * 1024 * 1024;
const PACKET_BYTES = 32 * 1024;

/**
 * Opens a session that runs nothing, closes it again, and tells whether the host opened it. ssh2 itself opens no session
 * without a request, for which the host would start a process. Undefined: this ssh2 cannot do it.
 */
export function openEmptySession(client: Client): Promise<boolean> | undefined {
  const channels: unknown = Reflect.get(client, '_chanMgr');
  const protocol = protocolOf(client);
  if (!protocol || typeof protocol.session !== 'function' || !hasAdd(channels)) return undefined;
  const { session } = protocol;
  return new Promise((resolve) => {
    const opened = (error: Error | undefined, channel: ClientChannel | undefined) => {
      channel?.on('error', () => undefined).resume();
      channel?.close();
      resolve(error === undefined);
    };
    const id = channels.add(Object.assign(opened, { type: 'session' }));
    if (id === -1) resolve(false);
    else Reflect.apply(session, protocol, [id, WINDOW_BYTES, PACKET_BYTES]);
  });
}

function hasAdd(value: unknown): value is Channels {
  return isRecord(value) && typeof value.add === 'function';
}

/**
 * Ignores the list of host keys that sshd sends after each login (PROTOCOL, 2.5). ssh2 makes the server prove every one of
 * them. That costs the host a signature and us a verification a key, for an event that nothing listens to.
 */
export function ignoreHostKeyList(client: Client): void {
  wrapHandler(client, 'GLOBAL_REQUEST', (original) => (...args) => {
    const [, name, wantReply] = args;
    if (name !== 'hostkeys-00@openssh.com' || wantReply === true) original(...args);
  });
}

/** What no honest sshd does: it would fill our memory. The client's `error` event has it. */
export class FloodError extends Error {}

/** So many answers may wait to be sent. sshd asks every few seconds at most. */
const MOST_UNSENT_ANSWERS = 10_000;

/**
 * Ends the conversation with a host that would fill our memory, by an `error` event of the client. ssh2 itself answers every
 * question at once, whether or not the host takes the answers; and it takes data beyond the window of a channel (RFC 4254,
 * 5.2), which a slow reader then holds. Call it after ssh2 has begun to connect.
 */
export function endFloods(client: Client, socket: Duplex): void {
  let isOver = false;
  let unsent = 0;
  const end = (why: string) => {
    isOver = true;
    client.emit('error', new FloodError(why));
  };
  const asks = (original: Handler) => (args: readonly unknown[]) => {
    const before = socket.writableLength;
    original(...args);
    if (!socket.writable || socket.writableLength <= before) return;
    unsent += 1;
    // Nothing, behind an answer that waits: it is gone when the answer is.
    socket.write(Buffer.alloc(0), () => {
      unsent -= 1;
    });
    if (unsent > MOST_UNSENT_ANSWERS) end('it asks without end, and takes no answer');
  };
  const sends = (original: Handler) => (args: readonly unknown[]) => {
    const [, id, data] = args;
    if (Buffer.isBuffer(data) && data.length > windowOf(client, id)) end('it sends more than it was let');
    else original(...args);
  };
  // The rest of what came with it is in ssh2's hands, and goes no further.
  const unlessOver = (take: (args: readonly unknown[]) => void): Handler => {
    return (...args) => (isOver ? undefined : take(args));
  };
  for (const name of ['GLOBAL_REQUEST', 'CHANNEL_OPEN', 'CHANNEL_REQUEST'])
    wrapHandler(client, name, (original) => unlessOver(asks(original)));
  for (const name of ['CHANNEL_DATA', 'CHANNEL_EXTENDED_DATA'])
    wrapHandler(client, name, (original) => unlessOver(sends(original)));
}

/** How much more a host may send on a channel, in bytes; without end where there is no such channel. */
function windowOf(client: Client, id: unknown): number {
  const channels: unknown = Reflect.get(client, '_chanMgr');
  if (!isRecord(channels) || typeof channels.get !== 'function') return Number.POSITIVE_INFINITY;
  const channel: unknown = channels.get(id);
  const incoming = isRecord(channel) ? channel.incoming : undefined;
  return isRecord(incoming) && typeof incoming.window === 'number'
    ? incoming.window
    : Number.POSITIVE_INFINITY;
}

/**
 * Sends a signed login request unchanged (RFC 4252, 7). ssh2 writes the name of the key's algorithm over every signature;
 * for a certificate that name is wrong, and ssh2 does not know the fields that a FIDO token adds.
 *
 * @param signed what was signed: the session id, then the request as it is sent
 * @throws {Error} when the internals of ssh2 look different
 */
export function sendSignedLogin(client: Client, signed: Buffer, signature: Buffer): void {
  const protocol = protocolOf(client);
  const writer = isRecord(protocol?._packetRW) ? protocol._packetRW.write : undefined;
  const cipher = protocol?._cipher;
  const queue = protocol?._authsQueue;
  if (!isWriter(writer) || !isCipher(cipher) || !Array.isArray(queue))
    throw new Error('this version of ssh2 cannot send such a signature');
  const sessionId = 4 + signed.readUInt32BE(0);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(signature.length);
  const payload = Buffer.concat([signed.subarray(sessionId), length, signature]);
  const packet = writer.alloc(payload.length);
  payload.copy(packet, writer.allocStart);
  queue.push('publickey');
  cipher.encrypt(writer.finalize(packet));
}

/**
 * Reports each refusal of a login, and whether the host accepted this step and wants more (RFC 4252, 5.1). ssh2 does not
 * tell its authHandler while it goes through the keys of an agent.
 */
export function onLoginRefusal(
  client: Client,
  listener: (methods: readonly string[], isPartial: boolean) => void,
): void {
  wrapHandler(client, 'USERAUTH_FAILURE', (original) => (...args) => {
    const [, methods, isPartial] = args;
    if (Array.isArray(methods)) listener(methods.map(String), isPartial === true);
    original(...args);
  });
}

interface Writer {
  readonly allocStart: number;
  alloc(bytes: number): Buffer;
  finalize(packet: Buffer): Buffer;
}

function isWriter(value: unknown): value is Writer {
  return (
    isRecord(value) &&
    typeof value.allocStart === 'number' &&
    typeof value.alloc === 'function' &&
    typeof value.finalize === 'function'
  );
}

function isCipher(value: unknown): value is { encrypt(packet: Buffer): void } {
  return isRecord(value) && typeof value.encrypt === 'function';
}

/** What ssh2 does with one kind of message: the protocol comes first, then what the message holds. */
type Handler = (...args: unknown[]) => void;

function wrapHandler(client: Client, name: string, wrap: (original: Handler) => Handler): void {
  const handlers = protocolOf(client)?._handlers;
  const original = isRecord(handlers) ? handlers[name] : undefined;
  if (isRecord(handlers) && typeof original === 'function')
    handlers[name] = wrap((...args) => Reflect.apply(original, handlers, args));
}

function protocolOf(client: Client): Record<string, unknown> | undefined {
  const protocol: unknown = Reflect.get(client, '_protocol');
  return isRecord(protocol) ? protocol : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isOpen(value: unknown): value is { id: number } {
  return isRecord(value) && typeof value.id === 'number' && (value.state === 'open' || value.state === 'eof');
}
