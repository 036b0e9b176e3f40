import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { decode, type Packet, streamEncode } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { askDns, type DnsQuestion } from '../../../src/lib/channel/ask-dns.js';
import type { ReadSession, Session } from '../../../src/lib/ssh/transport.js';

// Against a server on loopback that says what a test wants; the real ones are asked in test/roles.
const AA = 1 << 10;
const WWW: DnsQuestion = { name: 'www.shop.test', type: 'A' };
const WHO: DnsQuestion = { name: '_kuafu.shop.test', type: 'TXT' };
let server: Server | undefined;
afterEach(() => void server?.close());

const session = {
  host: 'dns-a',
  connectTcp: async (to: string, at: number) => connect(at, to),
} as unknown as Session;

async function serve(onQuestion: (question: Packet, socket: Socket) => void): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    let head = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      head = Buffer.concat([head, chunk]);
      while (head.length > 2 && head.length >= 2 + head.readUInt16BE(0)) {
        const end = 2 + head.readUInt16BE(0);
        onQuestion(decode(head.subarray(2, end)), socket);
        head = head.subarray(end);
      }
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, questions: readonly DnsQuestion[] = [WWW], timeoutMs = 2000) {
  const fault = (what: string) => new Error(`dns-a ${what}`);
  return await askDns(session as ReadSession, { address: '127.0.0.1', port }, questions, {
    timeoutMs,
    fault,
  });
}

const answerTo = ({ id = 0, questions = [] }: Packet, more: Packet = {}): Buffer =>
  streamEncode({ type: 'response', id, flags: AA, questions, ...more });

describe('an answer', () => {
  it('belongs to its question, in whatever order and pieces they come', async () => {
    const held: Buffer[] = [];
    const port = await serve((question, socket) => {
      const [asked] = question.questions ?? [];
      const name = asked?.name ?? '';
      held.push(
        asked?.type === 'A'
          ? answerTo(question, { answers: [{ name, type: 'A', ttl: 5, data: '203.0.113.101' }] })
          : answerTo(question, { flags: AA | 3 }),
      );
      if (held.length < 2) return;
      for (const byte of Buffer.concat(held.toReversed())) socket.write(Buffer.from([byte]));
    });
    expect(await ask(port, [WWW, WHO])).toEqual([
      {
        status: 'NOERROR',
        isAuthoritative: true,
        records: [
          expect.objectContaining({ name: 'www.shop.test', type: 'A', ttl: 5, data: '203.0.113.101' }),
        ],
      },
      { status: 'NXDOMAIN', isAuthoritative: true, records: [] },
    ]);
  });

  it('is asked for without a wish for recursion, and nothing is asked where nothing is wanted', async () => {
    const seen: Packet[] = [];
    const port = await serve((question, socket) => {
      seen.push(question);
      socket.write(answerTo(question, { flags: 5 }));
    });
    expect(await ask(port)).toEqual([{ status: 'REFUSED', isAuthoritative: false, records: [] }]);
    expect(seen).toMatchObject([{ type: 'query', opcode: 'QUERY', flag_rd: false }]);
    expect(await ask(1, [])).toEqual([]);
  });
});

describe('what is no answer is refused', () => {
  it.each<[string, (question: Packet) => Buffer, string]>([
    ['to another question', (q) => answerTo({ ...q, questions: [WHO] }), 'answers what was not asked'],
    [
      'with another id',
      (q) => answerTo({ ...q, id: ((q.id ?? 0) + 1) % 0x10000 }),
      'answers what was not asked',
    ],
    ['which is a question', (q) => streamEncode({ ...q, type: 'query' }), 'answers what was not asked'],
    ['of no message', () => Buffer.from([0, 3, 1, 2, 3]), 'answers that are none of DNS'],
    ['of a name without end', (q) => loop(answerTo(q)), 'answers that are none of DNS'],
  ])('%s', async (_, answer, sentence) => {
    const port = await serve((question, socket) => socket.write(answer(question)));
    await expect(ask(port)).rejects.toThrow(
      `dns-a ${sentence === 'answers what was not asked' ? '' : 'gives '}${sentence}`,
    );
  });

  it('where the server hangs up, or says nothing', async () => {
    const closing = await serve((_, socket) => socket.destroy());
    await expect(ask(closing)).rejects.toThrow('dns-a closed the connection before it had answered');
    server?.close();
    const silent = await serve(() => undefined);
    await expect(ask(silent, [WWW], 100)).rejects.toThrow('dns-a gave no answer within 0.1 s');
  });
});

/** The name in the question points at itself (RFC 1035, 4.1.4). */
function loop(message: Buffer): Buffer {
  const bytes = Buffer.from(message);
  bytes.writeUInt16BE(0xc00c, 14);
  return bytes;
}
