import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// What a service and its files say of its secrets, on every way out: screen, JSON, files, ledger.
const room = new LabRoom();
const HOST = 'web-b-01';
const { privateKey: PEM } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const SECRETS = {
  TEST_NASTY: 'p"a$s\\s`w\'o&rd-kumquat',
  TEST_PEM: PEM,
  TEST_LONG: Array.from({ length: 60 }, (_, n) => `long${n * 7919}`).join(''),
  TEST_URL: 'postgres://shop:tamar1nd@db-b/shop',
};
/** Pieces that no form of them leaves out. */
const PIECES = [
  'kumquat',
  'tamar1nd',
  'long7919',
  'long467221',
  ...PEM.split('\n')
    .slice(1, -2)
    .map((line) => line.slice(8, 20)),
];
// Its last line is the long one, as a program says that dies of it; journald may not learn whose line it is if it dies at once. It has died: whom somebody stopped a restart leaves alone.
const TALKER = `
cat > /etc/systemd/system/talker.service <<'EOF'
[Service]
EnvironmentFile=/etc/shop/env
ExecStartPre=/bin/sh -c 'env; echo "cannot log in with $LONG"; sleep 1; exit 1'
ExecStart=/bin/sleep 600
EOF
systemctl daemon-reload
systemctl start talker.service || true`;

let config = '';
let out = '';

beforeEach(async () => {
  await room.open();
  out = await mkdtemp(join(tmpdir(), 'kuafu-secrets-'));
  await room.inHost(HOST, 'cp -a /etc/shop/env /root/env.before');
  await room.inHost(HOST, TALKER);
  config = await room.withConfig(({ apps }) => {
    const { shop } = apps;
    const values = { NASTY: '${TEST_NASTY}', PEM: '${TEST_PEM}', LONG: '${TEST_LONG}', DB: '${TEST_URL}' };
    Object.assign(shop.env.common, values);
    shop.service = 'talker.service';
    for (const key of ['traffic', 'health']) Reflect.deleteProperty(shop, key);
  });
});
afterEach(async () => {
  await room.inHost(
    HOST,
    'rm -f /etc/systemd/system/talker.service /etc/shop/env.kuafu* /var/log/shop/said.log; systemctl daemon-reload; systemctl reset-failed; mv /root/env.before /etc/shop/env',
  );
  await rm(out, { recursive: true });
  await room.close();
});

const run = (...words: readonly string[]) => room.start(words, config, SECRETS).ended;

async function filesOf(folder: string): Promise<string> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n');
}

it('no way out shows a part of a secret, unless it is asked to', async () => {
  const shown: Record<string, string> = {};
  const keep = async (name: string, ...words: readonly string[]) => {
    const { stdout, stderr } = await run(...words);
    shown[name] = `${stdout}\n${stderr}`;
    return shown[name];
  };
  expect(await keep('push', 'env', 'push', '--app', 'shop', '--yes', HOST)).toContain('1/1');
  await room.inHost(HOST, 'cat /etc/shop/env >> /var/log/shop/said.log');
  const cat = 'cat /etc/shop/env; base64 -w 0 /etc/shop/env; cat /etc/shop/env >&2';
  expect(await keep('exec', 'exec', HOST, '--', cat)).toContain('[TEST_NASTY]');
  await keep('exec --json', 'exec', HOST, '--json', '--', cat);
  await keep('exec --out-dir', 'exec', HOST, '--out-dir', join(out, 'dir'), '--', cat);
  shown.files = await filesOf(join(out, 'dir'));
  expect(shown.files).toContain('[TEST_NASTY]');
  await keep('exec itself', 'exec', HOST, '--dry-run', '--json', '--', `true ${SECRETS.TEST_URL}`);
  const log = ['--file', '/var/log/shop/said.log', HOST];
  expect(await keep('tail', 'logs', 'tail', '--no-follow', '-n', '99', ...log)).toContain('[TEST_NASTY]');
  await keep('tail --json', 'logs', 'tail', '--no-follow', '--json', '-n', '99', ...log);
  for (const more of [[], ['--fold'], ['--json']])
    await keep(`grep ${more}`, 'logs', 'grep', ...more, '.', ...log);
  // Folders and files of this machine may be called like a secret, too.
  const named = (name: string) => join(out, `tamar1nd-${name}`);
  for (const more of [[], ['--json']]) {
    const fetch = await keep(`fetch ${more}`, 'logs', 'fetch', ...more, ...log, '--to', named('logs'));
    expect(fetch).toContain('[TEST_URL]-logs');
  }
  const put = await keep('exec --out-dir in it', 'exec', HOST, '--out-dir', named('dir'), '--', 'true');
  expect(put).toContain('[TEST_URL]-dir');
  await keep('page', 'report', 'resources', '--html', named('page'), HOST);
  const restart = ['restart', '--app', 'shop', '--yes', '--max-unhealthy', '100%', HOST];
  expect(await keep('restart', ...restart)).toContain('cannot log in with [TEST_LONG]');
  await keep('restart --json', ...restart, '--json');
  await keep('ops', 'ops', 'list', '--json');
  shown.ledger = await room.ledgerText();
  await room.inHost(HOST, 'echo "OLD=x" >> /etc/shop/env');
  await keep('diff', 'env', 'diff', '--app', 'shop', HOST);
  await keep('show', 'env', 'show', '--app', 'shop', '--json');
  for (const [name, text] of Object.entries(shown))
    for (const piece of PIECES) expect(text, name).not.toContain(piece);
  expect((await run('exec', HOST, '--no-mask', '--', 'cat /etc/shop/env')).stdout).toContain('kumquat');
  expect((await run('logs', 'grep', '--no-mask', 'tamar', ...log)).stdout).toContain('tamar1nd');
}, 300_000);
