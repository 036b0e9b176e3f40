import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Kuafu } from '../support/kuafu.js';
import { LabRoom } from '../support/lab-room.js';

const room = new LabRoom();
let config: string;
beforeAll(async () => {
  await room.open();
  config = await room.withConfig((edit) => {
    edit.apps.shop.env.common.JAM = '$' + '{TEST_JAM}';
  });
});
afterAll(() => room.close());

const SECRET = 'kumquat-marmalade';
/** Until the test says so. */
const WAIT = 'until [ -e /run/kuafu-test-go ]; do sleep 0.05; done';

function start(words: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore'): Kuafu {
  return new Kuafu(['exec', ...words], { KUAFU_CONFIG: config, TEST_JAM: SECRET }, stdin);
}

async function letGo(...hosts: readonly string[]): Promise<void> {
  for (const host of hosts) await room.inHost(host, 'touch /run/kuafu-test-go');
}

describe('output as it is written', () => {
  it('of a single host is shown while the command runs, without a secret that came in two pieces', async () => {
    const script = `echo first; printf kumquat; echo odd >&2; ${WAIT}; rm /run/kuafu-test-go; echo -marmalade; exit 3`;
    const run = start(['new-b-01', '--', script]);
    await run.prints(/^new-b-01: first\n$/);
    await run.says('new-b-01 (stderr): odd\n');
    await letGo('new-b-01');
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: 'new-b-01: first\nnew-b-01: [TEST_JAM]\n' });
    expect(stderr).toMatch(/\nexit 3: new-b-01\n0 done, 1 failed/);
  });

  it('of several hosts with --stream, each line behind the name of its host', async () => {
    const hosts = ['new-b-01', 'new-b-02', 'new-b-03'];
    const run = start([
      'new-b-[01-03]',
      '--stream',
      '--',
      `[ $(hostname) = new-b-03 ] || { echo up; ${WAIT}; rm /run/kuafu-test-go; echo down; }`,
    ]);
    for (const host of hosts.slice(0, 2)) await run.prints(new RegExp(`^${host}: up$`, 'm'));
    await letGo('new-b-01', 'new-b-02');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(stdout.split('\n').sort()).toEqual(
      [
        '',
        ...hosts.slice(0, 2).flatMap((host) => [`${host}: down`, `${host}: up`]),
        'new-b-03: (no output)',
      ].sort(),
    );
  });
});

describe('--stdin', () => {
  it('goes to every host whole, whoever reads it late or not at all', async () => {
    const content = Buffer.alloc(20_000_000, 'kuafu and the sun\n');
    const digest = createHash('sha256').update(content).digest('hex');
    const run = start(
      [
        'new-b-[01-04]',
        '--stdin',
        '--json',
        '--',
        `case $(hostname) in new-b-01) exit 0;; new-b-02) ${WAIT}; rm /run/kuafu-test-go;; esac; sha256sum`,
      ],
      'pipe',
    );
    run.process.stdin?.end(content);
    await room.inHost(
      'new-b-04',
      'for i in $(seq 600); do pgrep -x sha256sum && break; sleep 0.05; done; true',
    );
    await letGo('new-b-02');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    const said = JSON.parse(stdout).hosts.map(({ host, stdout: text }: Record<string, string>) => [
      host,
      text,
    ]);
    const line = `${digest}  -\n`;
    expect(said).toEqual([
      ['new-b-01', ''],
      ...['new-b-02', 'new-b-03', 'new-b-04'].map((host) => [host, line]),
    ]);
  });
});
