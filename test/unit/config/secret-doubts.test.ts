import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/lib/config/load.js';
import { secretDoubts } from '../../../src/lib/config/secret-doubts.js';

const folder = mkdtempSync(join(tmpdir(), 'kuafu-doubts-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('names secrets that nothing can mask, and those in plain text', async () => {
  const file = join(folder, 'kuafu.config.yaml');
  writeFileSync(
    file,
    `rooms: {A: {network: 127.0.1.0/24, hosts: {web-a: 127.0.1.11}}}
apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    env:
      file: /etc/shop/env
      common: {PIN: '\${SHOP_PIN}', PASSWORD: '\${SHOP_PASSWORD}', TOKEN_TTL: 30s, KEY_FILE: /etc/k, API_KEY: plain-text}
      rooms: {A: {DB_PASSWORD: hunter2, LEVEL: info}}
`,
    { mode: 0o600 },
  );
  const config = await loadConfig({ file, env: { HOME: folder, SHOP_PIN: '12', SHOP_PASSWORD: 'hunter2' } });
  expect(secretDoubts(config)).toEqual([
    'SHOP_PIN is too short to be masked',
    "apps.shop.env.common.API_KEY stands in plain text there, and in plans on record; better: API_KEY: '${API_KEY}'",
    "apps.shop.env.rooms.A.DB_PASSWORD stands in plain text there, and in plans on record; better: DB_PASSWORD: '${DB_PASSWORD}'",
  ]);
  expect(config.secrets.unset).toEqual([]);
  const other = await loadConfig({ file, env: { HOME: folder }, secrets: 'unneeded' });
  expect(other.secrets.unset).toEqual(['SHOP_PIN', 'SHOP_PASSWORD']);
  expect(other.secrets.mask('PASSWORD=whatever it was')).toBe('PASSWORD=(hidden)');
});
