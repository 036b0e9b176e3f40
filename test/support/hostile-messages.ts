import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

// SSH messages that no honest host sends, put on the wire past the library of a HostileHost: see `send` and `flood`.

/** What there is of ssh2's server side of a channel. */
interface Inside {
  readonly outgoing: { readonly id: number };
  readonly _client: {
    readonly _sock: Socket;
    readonly _protocol: {
      readonly _packetRW: {
        readonly write: {
          readonly allocStart: number;
          alloc(bytes: number): Buffer;
          finalize(packet: Buffer): Buffer;
        };
      };
      readonly _cipher: { encrypt(packet: Buffer): void };
    };
  };
}

const DATA_BYTES = 30_000;

/** Messages by name, each for the client's side of a channel (RFC 4254). */
const MESSAGES = {
  question: () => Buffer.concat([Buffer.from([80]), text('x@y'), Buffer.from([1])]),
  channel: () => Buffer.concat([Buffer.from([90]), text('x@y'), numbers(7, 0, 0)]),
  request: (id: number) => Buffer.concat([Buffer.from([98]), numbers(id), text('x@y'), Buffer.from([1])]),
  stdout: (id: number) =>
    Buffer.concat([Buffer.from([94]), numbers(id, DATA_BYTES), Buffer.alloc(DATA_BYTES, 'x')]),
  stderr: (id: number) =>
    Buffer.concat([Buffer.from([95]), numbers(id, 1, DATA_BYTES), Buffer.alloc(DATA_BYTES, 'x')]),
} satisfies Record<string, (id: number) => Buffer>;

export type HostileMessage = keyof typeof MESSAGES;

/** Sends a message this often. */
export function sendOn(channel: Duplex, message: HostileMessage, times: number): void {
  const { outgoing, _client } = channel as unknown as Inside;
  const { _packetRW, _cipher } = _client._protocol;
  const payload = MESSAGES[message](outgoing.id);
  for (let sent = 0; sent < times; sent++) {
    const packet = _packetRW.write.alloc(payload.length);
    payload.copy(packet, _packetRW.write.allocStart);
    _cipher.encrypt(_packetRW.write.finalize(packet));
  }
}

/** Sends a message without end, as fast as it is taken, until the connection is gone. `deaf`: takes nothing that comes. */
export async function floodWith(
  message: HostileMessage,
  channel: Duplex,
  hears: 'hears' | 'deaf',
): Promise<void> {
  const socket = (channel as unknown as Inside)._client._sock;
  if (hears === 'deaf') socket.pause();
  while (!socket.destroyed) {
    sendOn(channel, message, 100);
    if (socket.writableNeedDrain)
      await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

function text(words: string): Buffer {
  return Buffer.concat([numbers(words.length), Buffer.from(words)]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
