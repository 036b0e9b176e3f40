import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../../src/lib/config/config-types.js';
import { loadConfig } from '../../../src/lib/config/load.js';

const CONFIG = `
rooms:
  A:
    network: 198.18.1.0/24
    gateway: {host: gw-a, address: 198.18.1.1, outOfBand: 203.0.113.11}
    hosts: {'web-a-[1-2]': '198.18.1.[11-12]', db-a: 198.18.1.5}
  B:
    network: 198.18.2.0/24
    hosts: {web-b-1: 198.18.2.11}
    spare: {'new-b-[1-2]': '198.18.2.[101-102]'}
apps:
  shop: {service: shop.service, files: [/opt/shop], groups: {web: {A: web-a-1, B: web-b-1}, api: {A: web-a-2}}}
  mail: {service: mail.service, files: [/opt/mail], groups: {web: {A: db-a}}}
`;

/** Two rooms, two applications, a gateway and two spare hosts. */
export async function parsedConfig(): Promise<Config> {
  const home = await mkdtemp(join(tmpdir(), 'kuafu-selection-'));
  try {
    const file = join(home, 'kuafu.config.yaml');
    await writeFile(file, CONFIG);
    return await loadConfig({ file, env: { HOME: home } });
  } finally {
    await rm(home, { recursive: true });
  }
}
