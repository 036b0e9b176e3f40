import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HealthCheck } from '../../../src/lib/config/config-types.js';
import { askHealth, healthUrl, readHealth, whyNotAskable } from '../../../src/lib/host/health-check.js';
import { CommandTimeoutError, ConnectError, ForwardError } from '../../../src/lib/ssh/connect-error.js';
import type { Session } from '../../../src/lib/ssh/transport.js';
import { hostNamed } from '../../support/fake-room.js';

const check: HealthCheck = { http: '', passes: 1, everyMs: 1, timeoutMs: 5000, withinMs: 1 };
let port = 0;
let host: string | undefined;
// A real HTTP server on loopback; the path says the status.
const server = createServer((request, response) => {
  host = request.headers.host;
  response.writeHead(Number(request.url?.slice(1)), { location: '/elsewhere' }).end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

const open = {
  host: 'web-b-01',
  connectTcp: async (to: string, at: number) => connect(at, to),
} as unknown as Session;
const failing = (error: Error) =>
  ({
    host: 'web-b-01',
    connectTcp: async () => {
      throw error;
    },
    run: async () => ({ exitCode: 64 }),
  }) as unknown as Session;
const ask = (status: number, over: Partial<HealthCheck> = {}) =>
  askHealth(open, new URL(`http://127.0.0.1:${port}/${status}`), { ...check, ...over });

describe('an answer', () => {
  it.each([
    [200, [[200, 299]], 'healthy'],
    [302, [[200, 299]], 'sick'],
    [302, undefined, 'healthy'],
    [
      404,
      [
        [200, 299],
        [404, 404],
      ],
      'healthy',
    ],
    [500, undefined, 'sick'],
  ] as const)('%i with the statuses %j is %s', async (status, ranges, state) => {
    expect(await ask(status, ranges ? { status: ranges } : {})).toMatchObject({ state });
  });

  it('is to a question with the port in its Host header, or with the host that is said', async () => {
    await ask(200);
    expect(host).toBe(`127.0.0.1:${port}`);
    await ask(200, { host: 'www.shop.test' });
    expect(host).toBe('www.shop.test');
  });

  it('by TLS is never taken in the clear', async () => {
    const health = await askHealth(open, new URL(`https://127.0.0.1:${port}/200`), check);
    expect(health.state).toBe('sick');
  });
});

describe('no answer', () => {
  const url = new URL('http://127.0.0.1:1/');
  it.each([
    ['sshd forbids it, and no tool is there', new ForwardError('web-b-01', 'forbidden', 'no'), 'unknown'],
    ['nobody listens', new ForwardError('web-b-01', 'failed', 'no'), 'sick'],
  ] as const)('is %s: %s', async (_, error, state) => {
    expect(await askHealth(failing(error), url, check)).toMatchObject({ state });
  });

  it('from a host that is not reached is unknown, and not sick', async () => {
    const lost = () => Promise.reject(new ConnectError('web-b-01', 'unreachable', 'no route'));
    const probe = { check, unit: 'shop.service' };
    expect(await readHealth(lost, hostNamed('web-b-01'), probe)).toEqual({
      state: 'unknown',
      reason: 'no route',
    });
  });
});

describe('a host that gives no result in time', () => {
  const late = new CommandTimeoutError('web-b-01', 'the connection to 127.0.0.1', 2000);
  const look = async (misses: number) => {
    let left = misses;
    const connectTcp = async (to: string, at: number) => {
      if (left-- > 0) throw late;
      return connect(at, to);
    };
    const session = { ...open, connectTcp } as unknown as Session;
    const probe = { check: { ...check, http: `http://127.0.0.1:${port}/200` }, unit: 'shop.service' };
    return await readHealth(async () => session, hostNamed('web-b-01'), probe);
  };

  it('is asked once more', async () => {
    expect(await look(1)).toEqual({ state: 'healthy' });
  });

  it('and then is unknown', async () => {
    expect(await look(2)).toMatchObject({ state: 'unknown', reason: late.message });
  });
});

it('an IPv4 address has none, though the URL has them', () => {
  const http = 'http://[{address}]:8080/';
  expect(healthUrl({ ...check, http }, hostNamed('web-b-01'))).not.toContain('[');
});

it('an IPv6 address stands in brackets in the URL', () => {
  const plain = hostNamed('web-b-01');
  const six = { ...plain, ssh: { ...plain.ssh, address: '2001:db8::1' } };
  for (const http of ['http://{address}:8080/', 'http://[{address}]:8080/'])
    expect(new URL(healthUrl({ ...check, http }, six)).host).toBe('[2001:db8::1]:8080');
  const mixed = 'http://{address}:8080/?of=[{address}]&host={host}';
  expect(healthUrl({ ...check, http: mixed }, { ...six, name: 'fd00::5' })).toBe(
    'http://[2001:db8::1]:8080/?of=[2001:db8::1]&host=[fd00::5]',
  );
});

describe('a host that is to be asked later', () => {
  const whyNot = (session: Session, at = port) =>
    whyNotAskable(session, { url: `http://127.0.0.1:${at}/500`, check });

  it('is good where there is a way, whoever answers', async () => {
    expect(await whyNot(open)).toBe('');
    expect(await whyNot(failing(new ForwardError('web-b-01', 'failed', 'nobody listens')))).toBe('');
  });

  it('is no use where neither sshd nor a tool opens a way', async () => {
    expect(await whyNot(failing(new ForwardError('web-b-01', 'forbidden', 'sshd forbids it')))).toMatch(
      /^its health could not be asked: web-b-01: 127\.0\.0\.1:\d+ cannot be asked: sshd forwards nothing there/,
    );
  });

  it('is out of reach where it is', async () => {
    const lost = failing(new ConnectError('web-b-01', 'unreachable', 'gone'));
    await expect(whyNot(lost)).rejects.toThrow('gone');
  });
});
