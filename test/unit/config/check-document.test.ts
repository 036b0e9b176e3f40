import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fromJSONSchema } from 'zod';
import { faultyDocument, soundDocument } from '../../../src/lib/config/check-document.js';
import type { Config } from '../../../src/lib/config/config-types.js';
import { Secrets } from '../../../src/lib/masking/secret.js';

const room = { name: 'A', title: 'A', network: '198.18.1.0/24', gateway: undefined };
const config: Config = {
  file: '/x/kuafu.config.yaml',
  ledger: { kind: 'sqlite', file: '/x/ledger.db' },
  ssh: {
    port: 22,
    user: 'root',
    identityFiles: [],
    hostKeys: 'strict',
    connectTimeoutMs: 1000,
    proxyJump: [],
    knownHosts: [],
  },
  rooms: new Map([['A', { ...room, hosts: new Map([['web-1', '198.18.1.1']]), spare: new Map() }]]),
  dns: new Map(),
  apps: new Map(),
  databases: new Map(),
  inventory: undefined,
  secrets: new Secrets(),
};
const issue = { file: '/x/k.yaml', line: 1, column: 2, path: '', message: 'a sentence' };

describe.each([
  ['sound', soundDocument(config), { ok: true, totals: { rooms: 1, hosts: 1, spares: 0, apps: 0 } }],
  ['faulty', faultyDocument([issue]), { ok: false, totals: null, file: '/x/k.yaml', issues: [issue] }],
])('the document of a %s configuration', (_name, document, content) => {
  it('is what its schema says, no more and no less', async () => {
    const file = new URL('../../../schemas/config-check.schema.json', import.meta.url);
    const schema = fromJSONSchema(JSON.parse(await readFile(file, 'utf8')));
    const printed: object = JSON.parse(JSON.stringify(document));
    expect(printed).toMatchObject(content);
    expect(schema.safeParse(printed)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...printed, more: 1 }).success).toBe(false);
    expect(schema.safeParse({ ...printed, file: undefined }).success).toBe(false);
  });
});
