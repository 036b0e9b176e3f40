import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  fingerprintOf,
  hostPattern,
  joinedLists,
  KnownHosts,
  keyType,
} from '../../../src/lib/ssh/known-hosts.js';

function blobOf(type: string, content: string): Buffer {
  const fields = [type, content].flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return [length, Buffer.from(text)];
  });
  return Buffer.concat(fields);
}

const A = blobOf('ssh-ed25519', 'key-a').toString('base64');
const B = blobOf('ssh-ed25519', 'key-b').toString('base64');
const R = blobOf('ssh-rsa', 'key-r').toString('base64');

function hashed(name: string): string {
  const salt = Buffer.from('01234567890123456789');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function known(...lines: string[]): KnownHosts {
  const hosts = new KnownHosts();
  hosts.add('/known', lines.join('\n'));
  return hosts;
}

describe('which names a line stands for', () => {
  test.each([
    ['web', 'web', true],
    ['web', 'WEB', true],
    ['WEB', 'web', true],
    ['web', 'web2', false],
    ['web', 'xweb', false],
    ['web,198.18.1.11', '198.18.1.11', true],
    ['web,198.18.1.11', '198.18.1.12', false],
    ['[web]:2222', '[web]:2222', true],
    ['[web]:2222', 'web', false],
    ['web', '[web]:2222', false],
    ['web-?', 'web-1', true],
    ['web-?', 'web-12', false],
    ['198.18.*', '198.18.1.11', true],
    ['198.18.*', '198x18.1.11', false],
    ['*.example.org,!bad.example.org', 'good.example.org', true],
    ['*.example.org,!bad.example.org', 'bad.example.org', false],
    ['!bad', 'good', false],
    ['*', '[fe80::1]:22', true],
    [hashed('web'), 'web', true],
    [hashed('web'), 'web2', false],
    [hashed('[web]:2222'), '[web]:2222', true],
    ['|1|broken', 'broken', false],
    ['|2|c2FsdA==|aGFzaA==', 'web', false],
    ['we(b', 'we(b', true],
  ])('%s and %s: %s', (pattern, name, expected) => {
    const hosts = known(`${pattern} ssh-ed25519 ${A} comment`);
    expect(hosts.has(name, A)).toBe(expected);
    expect(hosts.has(name, B)).toBe(false);
    expect(hosts.keysOf(name).map(({ key }) => key)).toEqual(expected ? [A] : []);
  });
});

test('what is no entry is left out', () => {
  const hosts = known(
    '',
    '# web ssh-ed25519 x',
    'web',
    'web ssh-ed25519',
    'web ssh-ed25519 !!!!',
    'web 1024 35 99',
  );
  expect(hosts.keysOf('web')).toEqual([]);
});

test('carriage returns, tabs and leading blanks', () => {
  expect(known(`  web\tssh-ed25519\t${A}\r`).has('web', A)).toBe(true);
});

test('a key says which file and line it is from', () => {
  const hosts = known('# comment', `web ssh-ed25519 ${A}`, `web ssh-rsa ${R}`);
  expect(hosts.keysOf('web')).toEqual([
    { type: 'ssh-ed25519', key: A, file: '/known', line: 2 },
    { type: 'ssh-rsa', key: R, file: '/known', line: 3 },
  ]);
});

test('a line that names another type than its key is no entry', () => {
  expect(known(`web ssh-rsa ${A}`).keysOf('web')).toEqual([]);
});

test('markers: revoked keys and authorities are no keys of the host', () => {
  const hosts = known(
    `@revoked web ssh-ed25519 ${A}`,
    `@cert-authority *.org ssh-rsa ${R}`,
    `@new web ssh-rsa ${R}`,
    `@revoked @cert-authority web ssh-rsa ${R}`,
  );
  expect(hosts.keysOf('web')).toEqual([]);
  expect(hosts.revocation(['x', 'web'], A)?.line).toBe(1);
  expect(hosts.revocation(['web'], B)).toBeUndefined();
  expect(hosts.revocation(['other'], A)).toBeUndefined();
  expect(hosts.authority(['a.org'])?.line).toBe(2);
  expect(hosts.authority(['web'])).toBeUndefined();
});

test('several files add up', () => {
  const hosts = known(`web ssh-ed25519 ${A}`);
  hosts.add('/second', `web ssh-ed25519 ${B}`);
  expect(hosts.has('web', A) && hosts.has('web', B)).toBe(true);
});

test('where the first line wins, a later one for the same name is not believed', () => {
  const hosts = new KnownHosts();
  hosts.add('/new', `web,10.0.0.1 ssh-ed25519 ${A}\nweb ssh-ed25519 ${B}\ndb ssh-ed25519 ${B}`, true);
  expect(hosts.has('web', A)).toBe(true);
  expect(hosts.has('web', B)).toBe(false);
  expect(hosts.has('db', B)).toBe(true);
});

test('the types to ask for first', () => {
  const hosts = joinedLists([known(`web ssh-rsa ${R}`), known(`${hashed('x')} ssh-ed25519 ${A}`)]);
  expect([...hosts.likelyTypes(['web'])]).toEqual(['ssh-rsa']);
  expect([...hosts.likelyTypes(['hidden'])]).toEqual(['ssh-ed25519']);
  const two = known(`${hashed('x')} ssh-ed25519 ${A}`, `${hashed('y')} ssh-rsa ${R}`);
  expect([...joinedLists([two]).likelyTypes(['x'])]).toEqual([]);
});

test.each([
  [Buffer.alloc(0), undefined],
  [Buffer.alloc(8), undefined],
  [Buffer.from([255, 255, 255, 255, 1, 2, 3, 4, 5]), undefined],
  [blobOf('ssh-ed25519', 'x'), 'ssh-ed25519'],
  [blobOf('a\nb', 'x'), undefined],
])('keyType of %o', (blob, type) => {
  expect(keyType(blob)).toBe(type);
});

test('names with ports', () => {
  expect(hostPattern('web', 22)).toBe('web');
  expect(hostPattern('::1', 2222)).toBe('[::1]:2222');
});

test('a fingerprint has no padding', () => {
  expect(fingerprintOf(Buffer.from('x'))).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});
