import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { expectOk, KUAFU, kuafuLab, start } from './kuafu-lab.js';
import { remainsOf } from './remains.js';

const SMALL = ['--hosts', '1', '--spare', 'A=0,B=1'];

const LABS = ['tkill', 'tone', 'ttwo'];

afterAll(async () => {
  for (const lab of LABS) await kuafuLab('down', '--name', lab);
});

test.each([30, 150, 250, 350, 500, 700, 1000, 1500, 2200, 3500])(
  'nothing is left of an up that was killed after %i ms, once it is taken down',
  async (delayMs) => {
    const { child, end } = start('up', '--name', 'tkill', ...SMALL);
    await sleep(delayMs);
    child.kill('SIGKILL');
    await end;
    await expectOk('down', '--name', 'tkill');
    expect(remainsOf('tkill')).toEqual([]);
  },
);

test('an up goes on where killed ones stopped; a second one finds nothing to do', async () => {
  for (const delayMs of [250, 400, 600, 900, 1400, 2500]) {
    const { child, end } = start('up', '--name', 'tkill', ...SMALL);
    await sleep(delayMs);
    child.kill('SIGKILL');
    await end;
  }
  await expectOk('up', '--name', 'tkill', ...SMALL);
  expect(await expectOk('up', '--name', 'tkill')).toContain('nothing to do');
  expect(
    JSON.parse(await expectOk('run', '--name', 'tkill', '--', 'curl', '-sf', 'http://203.0.113.102/whoami')),
  ).toEqual({
    host: 'web-b-01',
    room: 'B',
  });
  await expectOk('down', '--name', 'tkill');
  expect(remainsOf('tkill')).toEqual([]);
});

test('two labs stand side by side, grow and go without each other', async () => {
  await Promise.all([expectOk('up', '--name', 'tone', ...SMALL), expectOk('up', '--name', 'ttwo', ...SMALL)]);
  await expectOk('up', '--name', 'tone', '--hosts', '2', '--spare', 'A=1,B=2');
  const hosts = async (lab: string) =>
    JSON.parse(await expectOk('status', '--name', lab, '--json')).labs[0].hosts.length;
  expect(await hosts('tone')).toBe(14);
  expect(await hosts('ttwo')).toBe(10);
  const config = readFileSync('/var/lib/kuafu/lab/tone/kuafu.config.yaml', 'utf8');
  expect(config).toContain('new-b-[01-02]');
  const seen = new Set<string>();
  for (let request = 0; request < 6; request += 1) {
    seen.add(await expectOk('run', '--name', 'tone', '--', 'curl', '-sf', 'http://203.0.113.101/whoami'));
  }
  expect(seen.size).toBe(2);
  const shrink = await kuafuLab('up', '--name', 'tone', '--hosts', '1');
  expect(shrink.code, shrink.stderr).toBe(3);
  await expectOk('down', '--name', 'tone');
  expect(remainsOf('tone')).toEqual([]);
  await expectOk('run', '--name', 'ttwo', '--', 'curl', '-sf', 'http://203.0.113.101/healthz');
});

test('run passes on exit codes, arguments, folder and configuration, and shuts nobody out of it', async () => {
  expect(await kuafuLab('run', '--name', 'tnone', '--', 'true')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/there is no lab tnone on this machine.*\nlabs: .*ttwo/),
  });
  expect((await kuafuLab('run', '--name', 'ttwo', '--', 'sh', '-c', 'exit 7')).code).toBe(7);
  expect((await kuafuLab('run', '--name', 'ttwo', '--', 'sh', '-c', 'kill -TERM $$')).code).toBe(143);
  const words = await expectOk(
    'run',
    '--name',
    'ttwo',
    '--',
    'printf',
    '[%s]',
    'a b',
    '$(id)',
    "it's",
    '--json',
    '',
  );
  expect(words).toBe("[a b][$(id)][it's][--json][]");
  const told = await expectOk(
    'run',
    '--name',
    'ttwo',
    '--',
    'sh',
    '-c',
    'pwd; echo $KUAFU_CONFIG; getent hosts web-a-01',
  );
  expect(told).toMatch(`${process.cwd()}\n/var/lib/kuafu/lab/ttwo/kuafu.config.yaml\n198.18.1.11 `);
  const inside = await kuafuLab(
    'run',
    '--name',
    'ttwo',
    '--',
    process.execPath,
    KUAFU,
    'lab',
    'down',
    '--name',
    'ttwo',
  );
  expect(inside.code, inside.stderr).toBe(3);
  const outside = ['run', '--name', 'ttwo', '--', 'sh', '-c', 'ip -4 route get 192.0.2.1 || echo no way out'];
  expect(await expectOk(...outside)).toContain('no way out');
});

test('down ends what run started, and a frozen host', async () => {
  const session = start('run', '--name', 'ttwo', '--', 'sleep', '600');
  const { controlLab } = await import('../../src/lib/lab/control.js');
  const control = await controlLab('ttwo');
  await control.freeze('web-a-01');
  await sleep(500);
  await expectOk('down', '--name', 'ttwo');
  expect((await session.end).code).toBe(null);
  expect(remainsOf('ttwo')).toEqual([]);
});
