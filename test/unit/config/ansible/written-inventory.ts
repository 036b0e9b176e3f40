import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { loadConfig } from '../../../../src/lib/config/load.js';
import { buildInventory, type Inventory } from '../../../../src/lib/inventory/inventory.js';

const CONFIG = `
rooms:
  A:
    network: 198.18.1.0/24
    gateway: {host: gw-a, address: 198.18.1.1, outOfBand: 203.0.113.11}
    hosts: {'web-a-[1,2,10]': '198.18.1.[11-13]', lb-a: 198.18.1.5}
    spare: {'new-a-[1-2]': '198.18.1.[101-102]'}
  B:
    network: fd00:2::/64
    gateway: {host: gw-b, outOfBand: 203.0.113.12}
    hosts: {web-b-1: 'fd00:2::11'}
    spare: {'new-b-[1,2,10]': 'fd00:2::10[1-3]'}
    ssh: {proxyJump: gw-b, user: ops}
apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    groups: {web: {A: 'web-a-[1,2,10]', B: web-b-1}, api: {A: web-a-10}}
  mail: {service: mail.service, files: [/opt/mail], groups: {web: {A: web-a-1}}}
`;

const ASSIGNED = [
  { host: 'new-b-2', app: 'shop', group: 'web', room: 'B' },
  { host: 'gone-1', app: 'shop', group: 'web', room: 'B' },
];

/** What a test writes beside the configuration: its section `ssh`, and files of ~/.ssh by their names. */
export interface Written {
  readonly ssh?: string;
  readonly client?: Readonly<Record<string, string>>;
}

let current = '';

/** The home of the user, which is another one for each test. */
export function home(): string {
  return current;
}

/** To be called once in a test file. */
export function useHome(): void {
  beforeEach(() => {
    current = mkdtempSync(join(tmpdir(), 'kuafu-inventory-'));
  });
  afterEach(() => rmSync(current, { recursive: true }));
}

/** Two rooms with an app each, and what is written of SSH. */
export async function build({ ssh = '', client = {} }: Written = {}): Promise<Inventory> {
  mkdirSync(join(current, '.ssh'), { recursive: true });
  for (const [name, text] of Object.entries(client)) writeFileSync(join(current, '.ssh', name), text);
  const file = join(current, 'kuafu.config.yaml');
  writeFileSync(file, `${ssh}\n${CONFIG}`);
  return buildInventory(await loadConfig({ file, env: { HOME: current } }), ASSIGNED);
}
