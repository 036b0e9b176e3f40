import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { evaluate } from '../../../src/lib/ssh-config/evaluate.js';
import { localMachine } from '../../../src/lib/ssh-config/machine.js';
import { readConfigFile } from '../../../src/lib/ssh-config/read.js';
import { askKuafu, differences } from '../../support/ssh-g.js';
import { askSsh, sshVersion } from '../../support/ssh-oracle.js';

interface Difference {
  readonly row: string;
  readonly config: string;
  readonly differs?: string;
  readonly alone?: 'ssh' | 'kuafu';
  readonly doubt?: string;
}

const cases = parse(readFileSync('test/cases/ssh-config-differences.yaml', 'utf8')) as Difference[];
const folder = mkdtempSync(join(tmpdir(), 'kuafu-ssh-differences-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const machine = localMachine(userInfo().homedir);
const files = cases.map(({ config }, index) => {
  const file = join(folder, String(index));
  writeFileSync(file, config);
  return file;
});

describe('what is different on purpose', () => {
  it('is what the page says, row by row', () => {
    const [, table = ''] = readFileSync('docs/ssh-config.md', 'utf8').split(
      '## What is different on purpose',
    );
    const rows = [...table.matchAll(/^\| (.+?) \| .+ \| .+ \|$/gm)].map(([, row]) => row);
    expect(rows.filter((row) => row !== 'what' && row !== '---')).toEqual(cases.map(({ row }) => row));
  });

  it.each(cases.map((each, index) => ({ ...each, file: files[index] ?? '' })))(
    '$row: is said',
    async ({ file, doubt }) => {
      const config = { files: await readable(file), machine };
      const said = evaluate(config, { names: ['web'] }).doubts.map(({ sentence }) => sentence);
      expect(said).toEqual(doubt === undefined ? [] : [doubt]);
    },
  );

  it.runIf(sshVersion() === '9.2')('is all that is different there', async () => {
    const questions = files.map((file) => ({ file, host: 'web' }));
    const answers = await askSsh(folder, questions, process.env);
    for (const [index, { row, differs, alone }] of cases.entries()) {
      const ours = await askKuafu(files[index] ?? '', { names: ['web'] }, machine);
      const found = differences(answers[index] ?? {}, ours).map((text) => text.replace(/:.*$/s, ''));
      const wanted = alone === undefined ? differs : `${alone} alone refuses it`;
      expect(found, row).toEqual(wanted === undefined ? [] : [wanted]);
    }
  });
});

async function readable(file: string) {
  try {
    return [await readConfigFile(file, machine, { folder, isSystem: false })];
  } catch {
    return [];
  }
}
