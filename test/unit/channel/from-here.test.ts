import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { decode, encode, type Packet } from 'dns-packet';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askResolver, connectFromHere } from '../../../src/lib/channel/from-here.js';

// A real DNS server on loopback; the first label of a name says the answer.
const CODES: Readonly<Record<string, number>> = { servfail: 2, none: 3, refused: 5 };
const server = createSocket('udp4');
let resolver = '';
beforeAll(async () => {
  server.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message);
    const [{ name = '', type = 'A' } = {}] = questions;
    const code = CODES[name.split('.')[0] ?? ''];
    const data = type === 'A' ? '203.0.113.101' : '2001:db8::1';
    const answers = code === undefined ? [{ type, name, ttl: type === 'A' ? 5 : 9, data }] : [];
    const packet = { type: 'response', id, flags: code ?? 0, questions, answers } as Packet;
    server.send(encode(packet), port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  resolver = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

it('a resolver tells addresses of both kinds, and the longest time for which it keeps one', async () => {
  expect(await askResolver(resolver, 'www.shop.test', 1000)).toEqual({
    addresses: ['203.0.113.101', '2001:db8::1'],
    ttlSeconds: 9,
  });
});

it('a name that has no address, or is not there, has none', async () => {
  expect(await askResolver(resolver, 'none.shop.test', 1000)).toEqual({ addresses: [], ttlSeconds: 0 });
});

it.each([
  ['servfail.shop.test', 'it could not find out (SERVFAIL)'],
  ['refused.shop.test', 'it refuses to answer this machine'],
])('no answer about %s is none, and why is said', async (name, why) => {
  await expect(askResolver(resolver, name, 1000)).rejects.toThrow(why);
});

it('a port at which nothing listens refuses', async () => {
  const { port } = server.address() as AddressInfo;
  await expect(connectFromHere('127.0.0.1', port, 1000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
