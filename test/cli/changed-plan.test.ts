import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ScriptAction } from '../../src/lib/host/actions.js';
import { openLedger } from '../../src/lib/ledger/open.js';
import type { AnyAction, Plan } from '../../src/lib/plan/plan.js';
import { kuafu } from '../support/kuafu.js';
import { deadOwner, host, planOf, scratchFolder } from '../unit/ledger/fixture.js';

const CONFIG = `
rooms: {B: {network: 198.18.2.0/24, spare: {new-b-01: 198.18.2.101}}}
apps: {shop: {service: shop.service, files: [/opt/shop], groups: {web: {}}}}
`;

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let config: string;
let id: string;

beforeEach(async () => {
  folder = await scratchFolder();
  config = join(folder.path, 'k.yaml');
  const file = join(folder.path, 'ledger.db');
  await writeFile(config, `${CONFIG}ledger: 'sqlite:${file}'\n`);
  const command = { words: ['sh', '-c', 'true'], effect: 'write', timeoutMs: 1000 } as const;
  const script: ScriptAction = { kind: 'host.script', name: 'base', command };
  id = await recorded(script);
});

/** An operation whose process is gone, with this as its only step. */
async function recorded(action: AnyAction, room = 'B', kind = 'scale'): Promise<string> {
  const file = join(folder.path, 'ledger.db');
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  const lane = { name: 'new-b-01', host: 'new-b-01', steps: [{ id: 'init', title: 'init', action }] };
  const stages = [{ id: 'one', title: 'one', lanes: [lane], standby: [], pass: 'each' as const }];
  const locks = [`app/shop/web/${room}`];
  const plan = planOf(room === 'B' ? ['new-b-01'] : [], {
    kind: kind as Plan['kind'],
    stages,
    locks,
    hosts: [host('new-b-01')],
  });
  const opened = await ledger.open(plan, deadOwner('li'));
  await ledger.close();
  return opened;
}

afterEach(() => folder.remove());

/** As somebody would who can write to the ledger. */
function edit(change: string): void {
  const library = new Libsql(join(folder.path, 'ledger.db'));
  library.exec(change);
  library.close();
}

const run = (...words: readonly string[]) => kuafu([...words, '--config', config], { HOME: folder.path });

/** Nothing is done by the plan, nor taken back. */
async function expectRefused(operation: string, why: string): Promise<void> {
  for (const words of [
    ['ops', 'resume', operation],
    ['ops', 'resume', operation, '--dry-run'],
    ['scale', '--undo', operation, '--yes'],
  ]) {
    const { code, stderr } = await run(...words);
    expect({ words, code }).toEqual({ words, code: 3 });
    expect(stderr).toContain(why);
    expect(stderr).toContain(`kuafu -c ${config} ops close ${operation}`);
  }
}

it.each([
  ['a script', `update plans set body = replace(body, '"true"', '"touch /root/pwned"')`],
  ['an address', `update plans set body = replace(body, '198.18.2.101', '198.18.2.102')`],
  ['a checksum that is gone', `update plans set checksum = ''`],
])('with %s changed in its plan an operation is neither resumed nor undone', async (_what, change) => {
  edit(change);
  await expectRefused(id, `the plan of operation ${id} in the ledger is not the one that was made`);
  expect((await run('ops', 'list', '--state', 'interrupted,failed,running', '--json')).stdout).not.toContain(
    'resumed":true',
  );
  expect((await run('ops', 'close', id, '--yes')).code).toBe(0);
});

it('a plan that was not changed is gone on with', async () => {
  const { code, stderr } = await run('ops', 'resume', id, '--dry-run');
  expect(stderr).toContain('a resume would go on');
  expect(code).toBe(0);
});

it('that asks for health by another check than the configuration says so, with what goes by the configuration', async () => {
  const check = { http: 'http://{address}:80/', passes: 1, everyMs: 1, timeoutMs: 1, withinMs: 1 };
  const asks = { kind: 'unit.health', check, url: 'http://198.18.2.101:80/', unit: 'shop.service' };
  const older = await recorded(asks, 'C', 'restart');
  const { stderr } = await run('ops', 'resume', older, '--dry-run');
  expect(stderr).toContain('the plan asks http://198.18.2.101:80/, the configuration has no health check');
  expect(stderr).toContain(`kuafu -c ${config} ops close ${older}`);
  expect(stderr).toContain(`kuafu -c ${config} restart --app shop new-b-01`);
  expect((await run('ops', 'resume', id, '--dry-run')).stderr).not.toContain('health check');
});

it('of a plan of a later version the steps are shown, and none is done or taken back', async () => {
  const later = await recorded({ kind: 'drill.cut' }, 'C');
  await expectRefused(
    later,
    'steps that this version of kuafu does not know (drill.cut); nothing is done by it',
  );
  expect((await run('ops', 'show', later)).stdout).toContain('init');
  expect((await run('ops', 'close', later, '--yes')).code).toBe(0);
});

it('of a kind of operation of a later version nothing is done, and it is said so', async () => {
  const later = await recorded({ kind: 'pool.release' }, 'C', 'teleport');
  for (const words of [
    ['ops', 'resume', later],
    ['ops', 'resume', later, '--dry-run'],
  ]) {
    const { code, stderr } = await run(...words);
    expect(code).toBe(3);
    expect(stderr).toContain('is of a kind that this version of kuafu does not know (teleport)');
  }
  const { code, stdout } = await run('ops', 'show', later);
  expect(code).toBe(0);
  expect(stdout).toContain('this version of kuafu does not know this kind of operation');
  expect(stdout).not.toContain('ops resume');
  expect((await run('ops', 'close', later, '--yes')).code).toBe(0);
});

it('an undo of what is no expansion is refused with what takes it back', async () => {
  const drain = await recorded({ kind: 'pool.release' }, 'C', 'traffic-drain');
  const { code, stderr } = await run('scale', '--undo', drain, '--yes');
  expect(code).toBe(3);
  expect(stderr).toContain(`what takes it back: kuafu -c ${config} traffic ready new-b-01`);
});
