import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { localMachine } from '../../../src/lib/ssh-config/machine.js';
import { askKuafu, differences } from '../../support/ssh-g.js';
import { type Answer, askSsh, sshVersion } from '../../support/ssh-oracle.js';

interface Case {
  readonly is: string;
  readonly config: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Words of the command line of ssh; `-l` alone. */
  readonly words?: readonly string[];
  readonly asks: Readonly<Record<string, 'refused' | Readonly<Record<string, string | readonly string[]>>>>;
}

const CASES = 'test/cases/ssh-config';
const { username, uid, homedir } = userInfo();
const env = { ...process.env, KUAFU_TEST: 'value' };
const machine = localMachine(homedir, env);
const folder = mkdtempSync(join(tmpdir(), 'kuafu-ssh-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases = readdirSync(CASES).flatMap((name) =>
  (parse(readFileSync(join(CASES, name), 'utf8')) as Case[]).flatMap((each, index) => {
    const dir = join(folder, `${name}-${index}`);
    return Object.keys(each.asks).map((host) => ({ ...each, host, dir, file: join(dir, 'config') }));
  }),
);

function filled(text: string, dir: string): string {
  const values = {
    dir,
    me: username,
    uid: String(uid),
    home: homedir,
    hostname: hostname(),
    short: hostname().replace(/\..*$/, ''),
  };
  return text.replace(
    /\{(dir|me|uid|home|hostname|short)\}/g,
    (_, name: keyof typeof values) => values[name],
  );
}

function userOf(words: readonly string[] | undefined) {
  return words?.[0] === '-l' ? { user: words[1] } : {};
}

beforeAll(() => {
  for (const { config, files = {}, dir } of cases)
    for (const [name, text] of Object.entries({ ...files, config })) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), filled(text, dir));
    }
});

describe('ssh_config', () => {
  it.each(cases)('$is: $host', async ({ asks, host, file, dir, words }) => {
    const answer = await askKuafu(file, { names: [host], ...userOf(words) }, machine);
    const wanted = asks[host];
    if (wanted === undefined || wanted === 'refused') return expect(answer.refusal).toBeDefined();
    for (const [keyword, value] of Object.entries(wanted))
      expect(answer.options?.get(keyword), keyword).toEqual([value].flat().map((each) => filled(each, dir)));
  });

  it.runIf(sshVersion() !== undefined)('is for kuafu what it is for ssh -G', async () => {
    const questions = cases.map(({ file, host, words }) => ({ file, host, ...(words && { words }) }));
    const answers: readonly Answer[] = await askSsh(folder, questions, env);
    const found: string[] = [];
    for (const [index, { is, host, file, words }] of cases.entries()) {
      const ours = await askKuafu(file, { names: [host], ...userOf(words) }, machine);
      for (const difference of differences(answers[index] ?? {}, ours))
        found.push(`${is}, ${host}: ${difference}`);
    }
    console.log(`ssh -G: ${cases.length} cases, ${found.length} differences`);
    expect(found).toEqual([]);
  });
});
