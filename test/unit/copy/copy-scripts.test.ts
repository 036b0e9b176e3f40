import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostScript } from '../../../src/host-script.js';
import { parseManifest } from '../../../src/lib/copy/delta.js';
import { placeWords } from '../../../src/lib/copy/place.js';
import { SpyHost } from '../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => host.close());

const at = (name: string) => join(host.folder, name);

describe('copy/survey', () => {
  beforeEach(() => {
    host.program('ssh', 'echo "OpenSSH_9.2p1 Debian-2, OpenSSL 3.0" >&2').program('zstd');
  });

  it('tells what decides how a tree gets there', () => {
    writeFileSync(at('a file'), '');
    symlinkSync('nowhere', at('link'));
    expect(host.run('copy/survey', [at('a file'), at('link'), at('none')])).toEqual({
      status: 0,
      stdout: 'zstd\nOpenSSH_9.2p1 Debian-2, OpenSSL 3.0\noccupied\noccupied\n',
      stderr: '',
      calls: ['ssh -V'],
    });
  });

  it('is well where nothing is there', () => {
    const { status, stdout } = host.run('copy/survey', [at('none')]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'zstd\nOpenSSH_9.2p1 Debian-2, OpenSSL 3.0\n',
    });
  });
});

describe('copy/large-files', () => {
  it('lists files of more than 16 kB with what makes them the same', () => {
    mkdirSync(at('app'));
    writeFileSync(at('app/large'), 'x'.repeat(17_000));
    chmodSync(at('app/large'), 0o640);
    writeFileSync(at('app/small'), 'x'.repeat(16_000));
    const { status, stdout } = host.run('copy/large-files', [at('app'), at('none')]);
    expect(status).toBe(0);
    const digest = createHash('sha256').update('x'.repeat(17_000)).digest('hex');
    expect([...parseManifest(stdout)]).toEqual([
      [
        at('app/large'),
        { about: expect.stringMatching(`^640 \\d+ \\d+ \\d+ 17000 ${digest}$`), bytes: 17_000 },
      ],
    ]);
  });
});

describe('copy/relay', () => {
  it('is what the member takes', () => {
    host.file('/var/lib/kuafu/one/receive', 'cat >"${0%/*}/part"');
    expect(host.run('copy/relay', [at('spools/one')], 'bytes')).toMatchObject({ status: 0, stderr: '' });
    expect(host.read('/var/lib/kuafu/one/part')).toBe('bytes');
  });

  it('says what went wrong in the words of the member, and ends as it does', () => {
    host.file('/var/lib/kuafu/one/receive', 'echo "disk full" >"${0%/*}/words"; exit 3');
    expect(host.run('copy/relay', [at('spools/one')])).toMatchObject({ status: 3, stderr: 'disk full\n' });
  });
});

describe('copy/sweep-operation', () => {
  const own = '/var/lib/kuafu/261129-aaaa.1/part';
  const other = '/var/lib/kuafu/261129-bbbb.2/part';
  const line = (operation: string) =>
    `restrict,command="sh ${at('spools')}/${operation}/receive" ssh-ed25519 AAAA kuafu-${operation}\n`;

  it('takes away what one operation left, and nothing of another or of somebody else', () => {
    host.file(own, '');
    host.file(other, '');
    mkdirSync(at('home/.ssh'), { recursive: true });
    const theirs = 'ssh-ed25519 BBBB somebody@example.com\n';
    writeFileSync(at('home/.ssh/authorized_keys'), theirs + line('261129-aaaa.1') + line('261129-bbbb.2'));
    expect(host.run('copy/sweep-operation', ['261129-aaaa'])).toMatchObject({ status: 0, stderr: '' });
    expect([host.read(own), host.read(other)]).toEqual([undefined, '']);
    expect(readFileSync(at('home/.ssh/authorized_keys'), 'utf8')).toBe(theirs + line('261129-bbbb.2'));
  });

  it('follows no link', () => {
    mkdirSync(at('precious'), { mode: 0o700 });
    host.file(other, '');
    symlinkSync(at('precious'), at('spools/261129-aaaa.1'));
    writeFileSync(at('precious/file'), 'kept');
    host.run('copy/sweep-operation', ['261129-aaaa']);
    expect(readFileSync(at('precious/file'), 'utf8')).toBe('kept');
  });
});

describe('copy/one-hop', () => {
  const digestOf = (bytes: Buffer) => createHash('blake2b512').update(bytes).digest('hex');
  let tree: {
    readonly paths: readonly string[];
    readonly exclude: readonly string[];
    readonly format: 'pax';
  };
  let archive: Buffer;

  beforeEach(() => {
    tree = { paths: [at('opt/shop')], exclude: [], format: 'pax' };
    mkdirSync(at('opt/shop'), { recursive: true });
    mkdirSync(at('spools'), { mode: 0o700 });
    writeFileSync(at('opt/shop/a'), 'a');
    const words = ['-c', hostScript('copy/pack'), 'kuafu', 'gzip', '0', '0', ...placeWords(tree)];
    archive = spawnSync('sh', words).stdout;
    spawnSync('rm', ['-r', at('opt/shop')]);
  });

  const receive = (digest: string) =>
    host.run('copy/one-hop', [at('spools/261129-aaaa.1'), 'gzip', digest, '', ...placeWords(tree)], archive);

  it('puts an archive in place that is the one that was sent, and leaves no spool', () => {
    expect(receive(digestOf(archive))).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(at('opt/shop/a'), 'utf8')).toBe('a');
    expect(spawnSync('ls', [at('spools')], { encoding: 'utf8' }).stdout).toBe('brought\n');
  });

  it('makes its spool again when another script has just removed the empty folder of all spools', () => {
    const once = at('removed');
    host.program(
      'mkdir',
      `case $*:$(ls ${once} 2>&-) in *261129-aaaa.1*:) rmdir ${at('spools/brought')} ${at('spools')} 2>&-; : > ${once} ;; esac
exec /bin/mkdir "$@"`,
    );
    expect(receive(digestOf(archive))).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(at('opt/shop/a'), 'utf8')).toBe('a');
  });

  it('has nothing of another in place', () => {
    expect(receive('0'.repeat(128)).status).toBe(65);
    expect(spawnSync('ls', [at('opt')], { encoding: 'utf8' }).stdout).toBe('');
    expect(spawnSync('ls', [at('spools')], { encoding: 'utf8' }).stdout).toBe('brought\n');
  });
});
