import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger } from '../../src/lib/ledger/open.js';
import type { Plan } from '../../src/lib/plan/plan.js';
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
  const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
  const command = { words: ['sh', '-c', 'true'], effect: 'write', timeoutMs: 1000 } as const;
  const step = { id: 'init', title: 'init', action: { kind: 'script', name: 'base', command } } as const;
  const stages = [
    { id: 'one', title: 'one', lanes: [{ host: 'new-b-01', steps: [step] }], standby: [], gate: false },
  ];
  const plan: Plan = planOf(['new-b-01'], { stages, hosts: [host('new-b-01')] });
  id = await ledger.open(plan, deadOwner('li'));
  await ledger.close();
});

afterEach(() => folder.remove());

/** As somebody would who can write to the ledger. */
function edit(change: string): void {
  const library = new Libsql(join(folder.path, 'ledger.db'));
  library.exec(change);
  library.close();
}

const run = (...words: readonly string[]) => kuafu([...words, '--config', config], { HOME: folder.path });

it.each([
  ['a script', `update plans set body = replace(body, '"true"', '"touch /root/pwned"')`],
  ['an address', `update plans set body = replace(body, '198.18.2.101', '198.18.2.102')`],
  ['a checksum that is gone', `update plans set checksum = ''`],
])('with %s changed in its plan an operation is neither resumed nor undone', async (_what, change) => {
  edit(change);
  for (const words of [
    ['ops', 'resume', id],
    ['ops', 'resume', id, '--dry-run'],
    ['scale', '--undo', id, '--yes'],
  ]) {
    const { code, stderr } = await run(...words);
    expect({ words, code }).toEqual({ words, code: 3 });
    expect(stderr).toContain(`the plan of operation ${id} in the ledger is not the one that was made`);
    expect(stderr).toContain(`kuafu ops close ${id}`);
  }
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
