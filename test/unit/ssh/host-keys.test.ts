import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Host, SshTarget } from '../../../src/lib/names/host.js';
import { ConnectError } from '../../../src/lib/ssh/connect-error.js';
import { algorithmsFor, HostKeys, judgeHostKey, OtherKeyTypesKnown } from '../../../src/lib/ssh/host-keys.js';
import { joinedLists, KnownHosts, keyType } from '../../../src/lib/ssh/known-hosts.js';

function blobOf(type: string, content: string): Buffer {
  const part = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
  return Buffer.concat([part(type), part(content)]);
}

const ours = blobOf('ssh-ed25519', 'ours');
const other = blobOf('ssh-ed25519', 'other');
const rsa = blobOf('ssh-rsa', 'rsa');

function lineOf(names: string, blob: Buffer): string {
  return `${names} ${keyType(blob)} ${blob.toString('base64')}`;
}

function host(ssh: Partial<SshTarget> = {}): Host {
  const target: SshTarget = {
    address: '198.18.1.11',
    port: 22,
    user: 'root',
    identityFiles: [],
    proxyJump: [],
    hostKeys: 'strict',
    connectTimeoutMs: 1000,
    ...ssh,
  };
  return { name: 'web', room: 'A', role: 'member', ssh: target };
}

function judge(lines: readonly string[], target: Host, blob = ours, lastTry = true): string {
  const known = new KnownHosts();
  known.add('/known', lines.join('\n'));
  try {
    return judgeHostKey(joinedLists([known]), target, blob, { lastTry, addTo: '/known' });
  } catch (error) {
    if (error instanceof OtherKeyTypesKnown) return `ask for ${[...error.types]}`;
    if (error instanceof ConnectError) return error.failure;
    throw error;
  }
}

describe('what is believed', () => {
  const fresh = host({ hostKeys: 'accept-new' });
  const aliased = host({ hostKeyAlias: 'alias', port: 2222 });
  test.each([
    ['by name', [lineOf('web', ours)], host(), 'known'],
    ['by address', [lineOf('198.18.1.11', ours)], host(), 'known'],
    ['name before address', [lineOf('web', ours), lineOf('198.18.1.11', other)], host(), 'known'],
    ['the name decides', [lineOf('web', other), lineOf('198.18.1.11', ours)], host(), 'host-key-changed'],
    ['one of several', [lineOf('web', other), lineOf('web', ours)], host(), 'known'],
    ['nothing known', [lineOf('db', ours)], host(), 'host-key-unknown'],
    ['nothing known, new ones accepted', [], fresh, 'new'],
    ['another known, new ones accepted', [lineOf('web', other)], fresh, 'host-key-changed'],
    ['on another port', [lineOf('[web]:2222', ours)], host({ port: 2222 }), 'known'],
    ['without the port', [lineOf('web', ours)], host({ port: 2222 }), 'known'],
    ['port 22 says nothing about 2222', [lineOf('web', other)], host({ port: 2222 }), 'host-key-unknown'],
    ['another port says nothing', [lineOf('[web]:2222', ours)], host(), 'host-key-unknown'],
    ['revoked', [lineOf('web', ours), `@revoked ${lineOf('*', ours)}`], host(), 'host-key-changed'],
    ['an authority is no key', [`@cert-authority ${lineOf('*', ours)}`], host(), 'host-key-unknown'],
    ['by its alias alone', [lineOf('alias', ours), lineOf('web', other)], aliased, 'known'],
    ['its alias has no port', [lineOf('[alias]:2222', ours)], aliased, 'host-key-unknown'],
    [
      'its name is nothing beside an alias',
      [lineOf('web,[web]:2222,198.18.1.11', ours)],
      aliased,
      'host-key-unknown',
    ],
    ['only a key of another type', [lineOf('web', rsa)], host(), 'host-key-changed'],
  ])('%s', (_title, lines, target, expected) => {
    expect(judge(lines, target)).toBe(expected);
  });

  test('of another type only: ask for that one first', () => {
    expect(judge([lineOf('web', rsa)], host(), ours, false)).toBe('ask for ssh-rsa');
    expect(judge([lineOf('web', rsa), lineOf('web', other)], host(), ours, false)).toBe('host-key-changed');
  });
});

test('algorithms: what is known first, never SHA-1', () => {
  const known = new KnownHosts();
  known.add('/known', lineOf('web', rsa));
  expect(algorithmsFor(joinedLists([known]), host()).slice(0, 3)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-ed25519',
  ]);
  expect(algorithmsFor(joinedLists([]), host())[0]).toBe('ssh-ed25519');
  expect(algorithmsFor(joinedLists([known]), host())).not.toContain('ssh-rsa');
});

describe('new keys', () => {
  let folder: string;
  let newKeysFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kuafu-keys-'));
    newKeysFile = join(folder, 'state', 'keys');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are written once and told once, and count at once', async () => {
    const told: string[] = [];
    const keys = new HostKeys({ knownHostsFiles: [], newKeysFile, onNewHostKey: (name) => told.push(name) });
    await keys.record(host(), ours);
    await keys.record(host(), ours);
    expect(told).toEqual(['web']);
    expect(readFileSync(newKeysFile, 'utf8')).toBe(
      `web,198.18.1.11 ssh-ed25519 ${ours.toString('base64')}\n`,
    );
    expect(judgeHostKey(await keys.load(host()), host(), ours, { lastTry: true, addTo: '/known' })).toBe(
      'known',
    );
  });

  test('a different one that another process wrote first wins', async () => {
    const mine = new HostKeys({ knownHostsFiles: [], newKeysFile });
    await mine.load(host());
    await new HostKeys({ knownHostsFiles: [], newKeysFile }).record(host(), other);
    await expect(mine.record(host(), ours)).rejects.toMatchObject({ failure: 'host-key-changed' });
    const later = await new HostKeys({ knownHostsFiles: [], newKeysFile }).load(host());
    expect(later.has('web', other.toString('base64'))).toBe(true);
    expect(later.has('web', ours.toString('base64'))).toBe(false);
  });

  test('a last line without its end is not damaged', async () => {
    newKeysFile = join(folder, 'keys');
    writeFileSync(newKeysFile, lineOf('db', other));
    await new HostKeys({ knownHostsFiles: [], newKeysFile }).record(host(), ours);
    const known = await new HostKeys({ knownHostsFiles: [], newKeysFile }).load(host());
    expect(known.has('db', other.toString('base64')) && known.has('web', ours.toString('base64'))).toBe(true);
  });

  test('many at once from one process: every line is whole', async () => {
    const keys = new HostKeys({ knownHostsFiles: [], newKeysFile });
    const names = Array.from({ length: 50 }, (_, n) => `spare-${n}`);
    await Promise.all(
      names.map((name, n) =>
        keys.record({ ...host({ address: `10.0.0.${n}` }), name }, blobOf('ssh-ed25519', name)),
      ),
    );
    const known = await new HostKeys({ knownHostsFiles: [], newKeysFile }).load(host());
    for (const name of names)
      expect(known.has(name, blobOf('ssh-ed25519', name).toString('base64'))).toBe(true);
  });

  test('a file that cannot be read is said, not taken for empty', async () => {
    const ofFile = new HostKeys({ knownHostsFiles: ['/etc/passwd/x'], newKeysFile: join(folder, 'new') });
    await expect(ofFile.load(host())).rejects.toThrow('cannot read known hosts');
    const keys = new HostKeys({ knownHostsFiles: [folder], newKeysFile });
    await expect(keys.load(host())).rejects.toThrow(`${folder} is a folder, not a file`);
  });

  test('of one section of ssh_config are for its hosts alone; accepted ones are for all', async () => {
    const [usual, own] = [join(folder, 'usual'), join(folder, 'own')];
    writeFileSync(usual, lineOf('web', other));
    writeFileSync(own, lineOf('*', ours));
    const keys = new HostKeys({ knownHostsFiles: [usual], newKeysFile });
    const [key, otherKey] = [ours, other].map((blob) => blob.toString('base64'));
    const general = await keys.load(host());
    const special = await keys.load(host({ knownHosts: [own] }));
    expect([general.has('web', key ?? ''), general.has('web', otherKey ?? '')]).toEqual([false, true]);
    expect([special.has('web', key ?? ''), special.has('web', otherKey ?? '')]).toEqual([true, false]);
    await keys.record({ ...host(), name: 'new', ssh: { ...host().ssh, address: '10.0.0.1' } }, ours);
    expect([general, special].map((list) => list.has('new', key ?? ''))).toEqual([true, true]);
    expect([keys.userFile(host()), keys.userFile(host({ knownHosts: [own] }))]).toEqual([usual, own]);
  });
});
