import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localMachine } from '../../../src/lib/ssh-config/machine.js';
import { generateSshConfig } from '../../support/ssh-config-fuzz.js';
import { askKuafu, differences } from '../../support/ssh-g.js';
import { askSsh, sshVersion } from '../../support/ssh-oracle.js';

const CONFIGURATIONS = Number(process.env.KUAFU_FUZZ_CASES ?? 2000);
const folder = mkdtempSync(join(tmpdir(), 'kuafu-ssh-g-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

/** Of docs/ssh-config.md, those that chance comes upon. */
const ON_PURPOSE = [
  /^ssh alone refuses it: jumphost loop/,
  /^kuafu alone refuses it: ".*gw-.*" is no jump host/,
];

describe.runIf(sshVersion() !== undefined)('generated configurations', () => {
  it('say for ssh -G and for kuafu the same', { timeout: 240_000 }, async () => {
    const env = { ...process.env, KUAFU_FUZZ: '/fuzz' };
    const machine = localMachine(userInfo().homedir, env);
    const cases = Array.from({ length: CONFIGURATIONS }, (_, index) => generateSshConfig(folder, index));
    const answers = await askSsh(
      folder,
      cases.map(({ file, host, user, port }) => ({
        file,
        host,
        words: [
          ...(user === undefined ? [] : ['-l', user]),
          ...(port === undefined ? [] : ['-p', String(port)]),
        ],
      })),
      env,
    );
    const found: string[] = [];
    let onPurpose = 0;
    for (const [index, { file, host, user, port }] of cases.entries()) {
      const ours = await askKuafu(
        file,
        { names: [host], ...(user && { user }), ...(port && { port }) },
        machine,
      );
      for (const difference of differences(answers[index] ?? {}, ours))
        if (ON_PURPOSE.some((kind) => kind.test(difference))) onPurpose += 1;
        else found.push(`seed ${index}, ${host}: ${difference}`);
    }
    const refused = answers.filter(({ refusal }) => refusal !== undefined).length;
    console.log(
      `ssh -G: ${cases.length} generated configurations, ${refused} of them refused: ${onPurpose} differences on purpose, ${found.length} others`,
    );
    expect(found).toEqual([]);
  });
});
