import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writePage } from '../../../src/commands/report/report-output.js';
import { readSshFiles } from '../../../src/lib/config/ssh-files.js';
import { openSpool } from '../../../src/lib/copy/archive-spool.js';
import { OutDir } from '../../../src/lib/fanout/out-dir.js';
import { openLedger } from '../../../src/lib/ledger/open.js';
import { readAssigned } from '../../../src/lib/ledger/read-assigned.js';
import { makeFolder } from '../../../src/lib/logs/local-folder.js';
import { readManifest } from '../../../src/lib/logs/manifest.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { lookAt } from '../../../src/lib/own-files/look.js';
import { HostKeys } from '../../../src/lib/ssh/host-keys.js';
import { loadKeyFile } from '../../../src/lib/ssh/identity.js';
import { PAGE_MARK } from '../../../src/lib/ui/frame/page.js';
import { isRoot, NOBODY, possibleFolders, possibleKinds } from '../../support/file-kinds.js';
import { host } from '../ledger/fixture.js';

const BLOB = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIEJ8eW9NCiZ4xM0pQ1eqmO1yB5n9x2jUv1T1Yw4Kc3bQ', 'base64');

const { utils } = ssh2;
const { private: PRIVATE, public: PUBLIC } = utils.generateKeyPairSync('ed25519');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-uses-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

/** What a use ends with: undefined, or the exit code of what it throws. */
async function endOf(use: () => unknown): Promise<number | undefined> {
  try {
    await use();
    return undefined;
  } catch (error) {
    expect(error, String(error)).toHaveProperty('exitCode');
    return (error as { exitCode: number }).exitCode;
  }
}

const ledgerAt = (file: string) => ({ ledger: { kind: 'sqlite' as const, file } });

describe('files', () => {
  it.each(possibleKinds)('as a ledger: $name', { timeout: 20_000 }, async ({ make, ours }) => {
    await make(at('x'), '');
    const open = async (access: 'read' | 'write') =>
      await (await openLedger(ledgerAt(at('x')), access, 100)).close();
    const wanted = ours ? undefined : 3;
    expect(await endOf(() => readAssigned(ledgerAt(at('x'))))).toBe(wanted);
    expect(await endOf(() => open('read'))).toBe(wanted);
    expect(await endOf(() => open('write'))).toBe(wanted);
    expect(readdirSync(folder)).not.toContain('nowhere');
  });

  it.each(possibleKinds)(
    'as the list of accepted host keys: $name',
    { timeout: 20_000 },
    async ({ make, ours }) => {
      await make(at('x'), '');
      const keys = () => new HostKeys({ knownHostsFiles: [], newKeysFile: at('x') });
      expect(await endOf(() => keys().record(host('new-b-01'), BLOB))).toBe(ours ? undefined : 3);
      if (ours) expect((await keys().load(host('h'))).has('new-b-01', BLOB.toString('base64'))).toBe(true);
      else if (lookAt(at('x')).stats?.isFile()) expect(readFileSync(at('x'), 'utf8')).toBe('');
    },
  );

  it.each(possibleKinds)(
    'as known hosts, which are only read: $name',
    { timeout: 20_000 },
    async ({ name, make, ours }) => {
      await make(at('x'), `h ssh-ed25519 ${BLOB.toString('base64')}\n`);
      const keys = new HostKeys({ knownHostsFiles: [at('x')], newKeysFile: at('new') });
      expect(await endOf(() => keys.load(host('h')))).toBe(
        ours || name === 'a link to nothing' ? undefined : 3,
      );
      if (ours) expect((await keys.load(host('h'))).has('h', BLOB.toString('base64'))).toBe(true);
    },
  );

  it.each(possibleKinds)('as a private key: $name', { timeout: 20_000 }, async ({ name, make, ours }) => {
    await make(at('x'), PRIVATE);
    const loaded = await loadKeyFile(at('x'), utils.parseKey);
    if (ours) expect(loaded).toHaveProperty('identity');
    else
      expect(loaded).toMatchObject({
        unusable: {
          label: at('x'),
          why: expect.stringMatching(name === 'a link to nothing' ? /cannot be read/ : /so it is not used$/),
        },
      });
  });

  it.each(possibleKinds)(
    'as ssh_config, named or included: $name',
    { timeout: 20_000 },
    async ({ name, make, ours }) => {
      await make(at('x'), 'Host web-b-01\n  ProxyJump evil\n');
      writeFileSync(at('mine'), `Include ${at('x')}\n`);
      for (const file of [at('x'), at('mine')]) {
        const doubts: string[] = [];
        const read = () =>
          readSshFiles({ configFile: file }, folder, (_, message) => void doubts.push(message));
        expect(await endOf(read)).toBe(ours || name === 'a link to nothing' ? undefined : 3);
        if (ours) expect(JSON.stringify((await read()).clientConfig)).toContain('evil');
        // What is included need not be there.
        if (name === 'a link to nothing' && file === at('x'))
          expect(doubts.join()).toContain('cannot be used');
      }
    },
  );

  it.each(possibleKinds)('as the page of a report: $name', { timeout: 20_000 }, async ({ name, make }) => {
    await make(at('x'), PAGE_MARK);
    const end = await endOf(() => writePage(at('x'), `${PAGE_MARK} new`));
    const isFile = name.includes('a file') || name === 'a link to nothing';
    expect(end === undefined).toBe(isFile);
    if (isFile) {
      expect(readFileSync(at('x'), 'utf8')).toContain('new');
      expect(statSync(at('x')).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(folder)).not.toContain('nowhere');
  });

  it.each(possibleKinds)(
    'as the manifest of a fetch: $name',
    { timeout: 20_000 },
    async ({ name, make, ours }) => {
      await make(at('manifest.json'), '{"kind": "kuafu.logs-fetch", "files": []}');
      expect((await endOf(() => readManifest(folder))) === undefined).toBe(
        ours || name === 'a link to nothing',
      );
    },
  );
});

describe('a private key', () => {
  const modeOk = (mode: number) => ({ mode, uid: 0, gid: 0, ok: (mode & 0o027) === 0 });
  const cases = [
    ...[0o600, 0o400, 0o440, 0o640, 0o644, 0o604, 0o620, 0o602, 0o666].map(modeOk),
    { mode: 0o600, uid: 0, gid: NOBODY, ok: true },
    { mode: 0o440, uid: 0, gid: NOBODY, ok: false },
    { mode: 0o600, uid: NOBODY, gid: NOBODY, ok: false },
  ];

  it.runIf(isRoot).each(cases)('of $uid:$gid with $mode: used $ok', async ({ mode, uid, gid, ok }) => {
    writeFileSync(at('x'), PRIVATE);
    chownSync(at('x'), uid, gid);
    chmodSync(at('x'), mode);
    const loaded = await loadKeyFile(at('x'), utils.parseKey);
    expect('identity' in loaded).toBe(ok);
    if (!ok) expect(loaded).toMatchObject({ unusable: { hint: expect.stringContaining(at('x')) } });
  });

  it('that others can read is refused with what mends it; a public half may be read', async () => {
    writeFileSync(at('x'), PRIVATE, { mode: 0o644 });
    expect(await loadKeyFile(at('x'), utils.parseKey)).toMatchObject({
      unusable: { why: 'can be read by everybody, so it is not used', hint: `chmod 600 ${at('x')}` },
    });
    writeFileSync(at('x.pub'), PUBLIC, { mode: 0o644 });
    expect(await loadKeyFile(at('x.pub'), utils.parseKey)).toHaveProperty('selects');
  });
});

it('known hosts and ssh_config of the person behind sudo are read, and of nobody else', async () => {
  for (const name of ['x', 'c']) writeFileSync(at(name), '');
  const read = async () => {
    await new HostKeys({ knownHostsFiles: [at('x')], newKeysFile: at('new') }).load(host('h'));
    await readSshFiles({ configFile: at('c') }, folder, (_, message) => expect(message).toBe(''));
  };
  expect(await endOf(read)).toBe(undefined);
  if (!isRoot) return;
  for (const name of ['x', 'c']) chownSync(at(name), NOBODY, NOBODY);
  expect(await endOf(read)).toBe(3);
  vi.stubEnv('SUDO_UID', String(NOBODY));
  expect(await endOf(read)).toBe(undefined);
  vi.unstubAllEnvs();
});

it.each(['-wal', '-shm', '-journal'])('a ledger with a %s of another is refused', async (side) => {
  writeFileSync(at('x'), '');
  symlinkSync('/dev/zero', at(`x${side}`));
  expect(await endOf(() => readAssigned(ledgerAt(at('x'))))).toBe(3);
});

describe('folders', () => {
  const uses: readonly [string, (path: string) => unknown][] = [
    ['for output of hosts', (path) => OutDir.open(path, new Secrets())],
    ['for fetched logs', (path) => makeFolder(path)],
    ['for archives on their way', (path) => openSpool(path)],
    ['for a ledger', async (path) => (await openLedger(ledgerAt(join(path, 'ledger.db')))).close()],
    ['for a page', (path) => writePage(join(path, 'page.html'), PAGE_MARK)],
    [
      'for accepted host keys',
      (path) =>
        new HostKeys({ knownHostsFiles: [], newKeysFile: join(path, 'keys') }).record(host('h'), BLOB),
    ],
  ];
  const cases = uses.flatMap(([use, apply]) => possibleFolders.map((kind) => ({ use, apply, ...kind })));

  it.each(cases)('$use: $name', { timeout: 20_000 }, async ({ use, apply, name, make, ours }) => {
    make(at('x'));
    const before = readdirSync(folder);
    // A file may stand in /tmp, where folders may not be had.
    const wanted = ours || (name === 'a sticky folder' && /page|ledger|keys/.test(use));
    expect((await endOf(() => apply(at('x')))) === undefined).toBe(wanted);
    if (!wanted) expect(readdirSync(folder)).toEqual(before);
  });

  it.each(cases.filter(({ name }) => name === 'a folder of ours'))(
    '$use are nobody else’s when they are made',
    async ({ use, apply }) => {
      mkdirSync(at('parent'));
      if (use === 'for a page') mkdirSync(at('parent/new'), { mode: 0o700 });
      await apply(at('parent/new'));
      expect((statSync(at('parent/new')).mode & 0o777).toString(8)).toBe('700');
      for (const entry of readdirSync(at('parent/new')))
        expect(statSync(at(`parent/new/${entry}`)).mode & 0o077).toBe(0);
    },
  );
});

describe('archives on their way', () => {
  it('of processes that are gone are removed, and no others', async () => {
    const mine = await openSpool(at('spool'));
    const [, scope = '', pid = ''] = /copy-(\w+)-(\d+)-\d+-/.exec(mine) ?? [];
    expect(pid).toBe(String(process.pid));
    const names = {
      gone: `copy-${scope}-${pid}-1-abcdef`,
      elsewhere: `copy-${'0'.repeat(12)}-${pid}-1-abcdef`,
      unknown: 'copy-of-mine',
    };
    for (const name of Object.values(names)) {
      mkdirSync(at(`spool/${name}`));
      writeFileSync(at(`spool/${name}/archive`), '');
    }
    const second = await openSpool(at('spool'));
    const left = readdirSync(at('spool')).map((name) => at(`spool/${name}`));
    expect(left.sort()).toEqual(
      [mine, second, at(`spool/${names.elsewhere}`), at(`spool/${names.unknown}`)].sort(),
    );
  });
});
