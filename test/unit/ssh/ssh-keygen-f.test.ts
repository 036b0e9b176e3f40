import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, joinedLists, KnownHosts } from '../../../src/lib/ssh/known-hosts.js';
import { random } from '../../support/random.js';

const HAS_KEYGEN = spawnSync('ssh-keygen', ['-?']).error === undefined;
const LISTS = 120;
const folder = mkdtempSync(join(tmpdir(), 'kuafu-keygen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = [
  'web',
  'web-1',
  'db.example.org',
  '198.18.1.11',
  'fd00::1',
  '[web]:2222',
  '[198.18.1.11]:2222',
  'WEB-1',
  'x',
];
const PATTERNS = [
  ...NAMES,
  'web*',
  'web-?',
  '*',
  '?',
  '*.example.*',
  '198.18.*',
  '[*]:2222',
  '[web]:*',
  'WEB*',
  '*,!web',
  'web*,!web-1',
  '!web',
  '!web,*',
  'web,198.18.1.11',
  'db.example.org,web-1,!x',
  'a b',
  ',web',
  'web,',
];

/** Real keys of three kinds: ssh-keygen reads them to the end. */
const keys: string[] = [];

beforeAll(() => {
  if (!HAS_KEYGEN) return;
  for (const type of ['ed25519', 'ecdsa', 'rsa']) {
    const file = join(folder, type);
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      type,
      ...(type === 'rsa' ? ['-b', '2048'] : []),
      '-N',
      '',
      '-f',
      file,
    ]);
    keys.push(readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' '));
  }
}, 60_000);

function hashed(name: string, saltBytes = 20): string {
  const salt = Buffer.alloc(saltBytes, name);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

/** One line of a list, usual or odd. */
function lineOf(next: () => number): string {
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const key = one(keys);
  const [type, blob = ''] = key.split(' ');
  const names = next() < 0.25 ? hashed(one(NAMES).toLowerCase()) : one(PATTERNS);
  return one([
    `${names} ${key}`,
    `${names} ${key}`,
    `${names} ${key} a comment`,
    `  ${names}\t${type}  ${blob}`,
    `@revoked ${names} ${key}`,
    `@cert-authority ${names} ${key}`,
    `@revoked\t${names}\t${type}\t${blob}`,
    `@other ${names} ${key}`,
    `@revoked @cert-authority ${names} ${key}`,
    `@revoked`,
    `# ${names} ${key}`,
    `#${names} ${key}`,
    '',
    names,
    `${names} ${type}`,
    `${names} ssh-dss ${blob}`,
    `${names} ${type} ${blob.slice(0, 20)}`,
    `${names} 1024 35 1234567890`,
    `${hashed(one(NAMES), 8)} ${key}`,
    `|1|broken ${key}`,
    `|2|c2FsdA==|aGFzaA== ${key}`,
  ]);
}

/** What a list has for a name: for each line its kind, type and fingerprint, in the order of the file. */
function foundByKeygen(file: string, name: string): string[] {
  const { stdout } = spawnSync('ssh-keygen', ['-l', '-F', name, '-f', file], { encoding: 'utf8' });
  const lines = stdout.trimEnd().split('\n').filter(Boolean);
  return lines.flatMap((line, index) => {
    const [, number, marker = ''] = /^# Host .* found: line (\d+) ?(CA|REVOKED)?$/.exec(line) ?? [];
    const print = / (SHA256:\S+)/.exec(lines[index + 1] ?? '')?.[1];
    return number === undefined || print === undefined ? [] : [`${number} ${marker} ${print}`];
  });
}

function foundByKuafu(text: string, name: string): string[] {
  const list = new KnownHosts();
  list.add('/known', text);
  const joined = joinedLists([list]);
  const prints = keys.map((key) => key.split(' ')[1] ?? '');
  const plain = joined.keysOf(name).map(({ line, key }) => ({ line, marker: '', key }));
  const others = text.split('\n').flatMap((content, index) => {
    // One line at a time, as kuafu asks whether a key is revoked and not where.
    const single = new KnownHosts();
    single.add('/known', content);
    const key = prints.find((each) => single.revocation([name], each) !== undefined);
    const authority = single.authority([name]);
    if (key !== undefined) return [{ line: index + 1, marker: 'REVOKED', key }];
    return authority === undefined ? [] : [{ line: index + 1, marker: 'CA', key: authority.key }];
  });
  return [...plain, ...others]
    .sort((a, b) => a.line - b.line)
    .map(({ line, marker, key }) => `${line} ${marker} ${fingerprintOf(Buffer.from(key, 'base64'))}`);
}

describe.runIf(HAS_KEYGEN)('lists of host keys', () => {
  it('hold for ssh-keygen -F and for kuafu the same', { timeout: 240_000 }, () => {
    const differences: string[] = [];
    let found = 0;
    for (let seed = 0; seed < LISTS; seed++) {
      const next = random(seed);
      const text = Array.from({ length: 2 + Math.floor(next() * 12) }, () => lineOf(next)).join('\n');
      const file = join(folder, `list-${seed}`);
      writeFileSync(file, `${text}\n`);
      // ssh looks for names in lower case, and so does kuafu.
      for (const name of [NAMES[seed % NAMES.length], 'web-1'].map((each) => (each ?? '').toLowerCase())) {
        const [theirs, ours] = [foundByKeygen(file, name), foundByKuafu(text, name)];
        found += theirs.length;
        if (theirs.join() !== ours.join()) differences.push(`list ${seed}, ${name}: ${theirs} | ${ours}`);
      }
    }
    console.log(
      `ssh-keygen -F: ${LISTS * 2} questions, ${found} lines found, ${differences.length} differences`,
    );
    expect(differences).toEqual([]);
  });
});
