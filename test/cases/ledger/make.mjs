// Makes ledgers with a build of kuafu, in a lab that it leaves as it was; README.md beside it says how to run it.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { parse, stringify } from 'yaml';

const [program, target, ...wanted] = process.argv.slice(2);
if (!process.env.KUAFU_CONFIG || !target) throw new Error('in a lab: node make.mjs BUILD/bin/kuafu.js FOLDER');

const SECRET = { SHOP_TOKEN: 'not-to-be-found-in-a-ledger' };
const EXPAND = ['scale', '--app=shop', '--group=web', '--idc=B', '--template-ip=198.18.1.11'];
const DROP_IN = '/run/systemd/system/shop.service.d';

/** A ledger and a configuration of their own, with five spares in room B, so that plans are short. */
function openWorld(name) {
  const folder = mkdtempSync(join(tmpdir(), 'kuafu-ledger-'));
  const config = parse(readFileSync(process.env.KUAFU_CONFIG, 'utf8'));
  config.ledger = `sqlite:${join(folder, 'ledger.db')}`;
  config.rooms.B.spare = { 'new-b-[01-05]': '198.18.2.[101-105]' };
  const file = join(folder, 'kuafu.config.yaml');
  const configure = (edit = () => {}) => {
    edit(config.apps.shop.env);
    writeFileSync(file, stringify(config));
  };
  configure();
  return { name, folder, file, configure };
}

/** @param end kills it, `later` after stderr matches; it must end with `code` otherwise */
async function kuafu(world, words, { end, later = 0, code = 0 } = {}) {
  const env = { ...process.env, ...SECRET, KUAFU_CONFIG: world.file };
  const child = spawn(process.execPath, [program, ...words, '--yes'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
    if (end?.test(said)) setTimeout(() => child.kill('SIGKILL'), later);
  });
  const [got, signal] = await new Promise((resolve) => child.on('close', (...how) => resolve(how)));
  if (end ? signal !== 'SIGKILL' : got !== code) throw new Error(`${words.join(' ')}: ${got ?? signal}\n${said}`);
  console.log(`${world.name}: ${words.join(' ')}: ${signal ?? got}`);
  return { id: /operation (\d{6}-\w{4})/.exec(said)?.[1] };
}

const onHost = (world, host, script) => kuafu(world, ['exec', host, '--', 'sh', '-c', script]);

/** Everything in the one file, and that to where it stays. */
function keep({ name, folder }) {
  const library = new Libsql(join(folder, 'ledger.db'));
  library.exec('pragma wal_checkpoint(truncate)');
  library.exec('pragma journal_mode = delete; vacuum');
  library.close();
  copyFileSync(join(folder, 'ledger.db'), join(target, `${name}.db`));
}

/** An expansion by three hosts that was killed. */
async function killedExpansion(name, moment, ...flags) {
  const world = openWorld(name);
  const { id } = await kuafu(world, [...EXPAND, '--count=3', '--start', ...flags], moment);
  keep(world);
  await kuafu(world, ['scale', '--undo', id]);
  rmSync(world.folder, { recursive: true });
}

/** Operations that came to an end of each kind, and at last a push that was killed behind its first host. */
async function workingDay(name) {
  const world = openWorld(name);
  const stays = await kuafu(world, [...EXPAND, '--count=2', '--start', '--batch=1']);
  const goes = await kuafu(world, [...EXPAND, '--count=1', '--no-start']);
  await kuafu(world, ['scale', '--undo', goes.id]);
  const dies = await kuafu(world, [...EXPAND, '--count=1'], { end: /connect done/ });
  await kuafu(world, ['ops', 'close', dies.id]);
  world.configure((env) => {
    env.common.LOG_LEVEL = 'warn';
  });
  await kuafu(world, ['env', 'push', '--app=shop', '--idc=A']);
  await onHost(world, 'web-a-02', `mkdir -p ${DROP_IN} && printf '[Service]\\nExecStartPre=false\\n' >${DROP_IN}/bad.conf && systemctl daemon-reload`);
  const fails = await kuafu(world, ['restart', '--app=shop', '--idc=A'], { code: 4 });
  world.configure((env) => {
    env.common.SHOP_TOKEN = `\${SHOP_TOKEN}`;
  });
  const push = await kuafu(world, ['env', 'push', '--app=shop', '--idc=B', '--restart', '--batch=1'], { end: /batch 2 of/ });
  keep(world);
  await onHost(world, 'web-a-02', `rm -r ${DROP_IN} && systemctl daemon-reload && systemctl start shop`);
  await kuafu(world, ['ops', 'resume', fails.id]);
  await kuafu(world, ['ops', 'resume', push.id]);
  await kuafu(world, ['scale', '--undo', stays.id]);
  world.configure((env) => {
    env.common.LOG_LEVEL = 'info';
    delete env.common.SHOP_TOKEN;
  });
  await kuafu(world, ['env', 'push', '--app=shop', '--restart']);
  rmSync(world.folder, { recursive: true });
}

const LEDGERS = {
  'scale-before-copy': (name) => killedExpansion(name, { end: /connect done/ }),
  'scale-in-copy': (name) => killedExpansion(name, { end: /(init done[^]*?){3}/, later: 4000 }, '--limit-rate=300k'),
  'scale-between-joins': (name) => killedExpansion(name, { end: /batch 2 of 2[^]* join done/ }, '--batch=1,2'),
  'working-day': workingDay,
};
for (const name of wanted.length > 0 ? wanted : Object.keys(LEDGERS)) await LEDGERS[name](name);
