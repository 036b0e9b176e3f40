import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { likelyTemplate } from '../../../../src/commands/scale/scale-questions.js';
import { loadConfig } from '../../../../src/lib/config/load.js';
import { buildInventory } from '../../../../src/lib/inventory/inventory.js';

const CONFIG = `
rooms:
  A: {network: 198.18.1.0/24, hosts: {'web-a-[01-02]': '198.18.1.[11-12]'}}
  B: {network: 198.18.2.0/24, hosts: {web-b-01: 198.18.2.11}}
  C: {network: 198.18.3.0/24}
apps: {shop: {service: shop.service, files: [/opt/shop], groups: {web: {A: 'web-a-[01-02]', B: web-b-01}, api: {}}}}
`;

it('offers a template of the room that gets the hosts, else of another', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-questions-'));
  try {
    const file = join(folder, 'k.yaml');
    await writeFile(file, CONFIG);
    const config = await loadConfig({ file, env: { HOME: folder } });
    const inventory = buildInventory(config, []);
    const offered = (group: string, room: string) =>
      likelyTemplate({ app: 'shop', group, room }, { config, inventory })?.name;
    expect(offered('web', 'A')).toBe('web-a-01');
    expect(offered('web', 'B')).toBe('web-b-01');
    expect(offered('web', 'C')).toBe('web-a-01');
    expect(offered('api', 'A')).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});
