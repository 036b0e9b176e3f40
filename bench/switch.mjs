// How long nobody can write while `kuafu db switch` moves the primary, beside a shell script that does the bare steps.
//
//   npm run build && sudo node bench/switch.mjs [--rounds 10]
//
// Method: a lab with the role `database`; the proxy of each room asks every 100 ms which server takes writes. A client behind
// each proxy inserts a row every 5 ms and connects anew when its session breaks. The server dates the rows, and all servers have
// the clock of one machine: the write gap of a run is the longest time between two rows of a client, of the worse client. The
// script is the floor: one sh on a database host, one client start for each step, no look, no record, nothing to go back by; it
// logs in to the other server itself, where kuafu goes over SSH. Both move the primary to the other room and back, in turns.
// `broken`: sessions of the clients that ended, of both. After every run all acknowledged rows must be on both servers.
// Bound: median of kuafu <= 300 ms, and <= 1.5 times the script's.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median, withLab } from './bench-lab.mjs';
import { parseOptions, positive } from './bench-options.mjs';
import { expectDone } from './bench-process.mjs';

const BOUND_MS = 300;
const BOUND = 1.5;
const rounds = positive(parseOptions({ rounds: '10' }).rounds);
const kuafu = fileURLToPath(new URL('../bin/kuafu.js', import.meta.url));
const ROOMS = {
  A: { server: 'db-a', address: '198.18.1.93', proxy: '198.18.1.94' },
  B: { server: 'db-b', address: '198.18.2.93', proxy: '198.18.2.94' },
};
const PROXIES = ['db-proxy-a', 'db-proxy-b'];
const SERVERS = Object.values(ROOMS).map(({ server }) => server);

// Prints how many of its sessions broke, and how many rows were acknowledged: the client says one line for each.
const WRITER = `
my ($proxy, $source) = @ARGV;
$SIG{PIPE} = 'IGNORE';
my $sessions = 0;
until (-e '/tmp/bench-stop') {
  $sessions += 1;
  open(my $client, '|-', "mariadb --host=$proxy --user=app --password=app --connect-timeout=2 --batch --unbuffered 2>/dev/null") or die;
  $client->autoflush(1);
  until (-e '/tmp/bench-stop') {
    print $client "INSERT INTO shop.gap (source) VALUES ('$source');\\n" or last;
    select(undef, undef, undef, 0.005);
  }
  close($client);
  select(undef, undef, undef, 0.005);
}
print $sessions - 1;`;

const LONGEST = `SELECT MAX(TIMESTAMPDIFF(MICROSECOND, before_it, at)) FROM (
  SELECT at, LAG(at) OVER (PARTITION BY source ORDER BY at) AS before_it FROM shop.gap) AS pairs`;

const sql = async (lab, host, statement) =>
  (await lab.inHost(host, `mariadb --skip-column-names --execute "${statement}"`)).trim();

async function byKuafu(lab, config, to) {
  const words = [process.execPath, kuafu, 'db', 'switch', '--to', to, '--yes', '--config', config];
  const ended = await lab.inLab(words);
  expectDone(ended, () => ended.stdout);
}

/** The steps of docs/databases.md as one would type them. */
async function byScript(lab, _config, to) {
  const [old, next] = to === 'B' ? [ROOMS.A, ROOMS.B] : [ROOMS.B, ROOMS.A];
  await lab.inHost(
    old.server,
    `set -e
here() { mariadb --skip-column-names --execute "$1"; }
there() { mariadb --host=${next.address} --user=ops --password=ops --skip-column-names --execute "$1"; }
here 'SET GLOBAL read_only=1'
had=$(here 'SELECT @@global.gtid_binlog_pos')
[ "$(there "SELECT MASTER_GTID_WAIT('$had', 5)")" = 0 ]
there 'STOP SLAVE; RESET SLAVE ALL'
here "SET GLOBAL rpl_semi_sync_master_enabled=0; CHANGE MASTER TO master_host='${next.address}', master_user='repl',
  master_password='repl', master_use_gtid=slave_pos, master_demote_to_slave=1, master_connect_retry=2; START SLAVE"
there 'SET GLOBAL rpl_semi_sync_master_enabled=1, GLOBAL read_only=0'`,
  );
}

/** Each proxy sends clients there, and the old primary replicates: the next run begins as this one did. */
async function settled(lab, to) {
  const other = to === 'B' ? ROOMS.A : ROOMS.B;
  const row = `db,${ROOMS[to].server},`;
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = await Promise.all(
      PROXIES.map((proxy) => lab.inHost(proxy, `echo 'show stat' | socat stdio /run/haproxy/admin.sock`)),
    );
    const isSent = seen.every((text) =>
      text.split('\n').some((line) => line.startsWith(row) && line.includes(',UP,')),
    );
    const state = await sql(lab, other.server, 'SHOW SLAVE STATUS');
    if (isSent && state !== '') return;
    await sleep(100);
  }
  throw new Error(`after 20 s clients are not sent to ${to}`);
}

async function measure(lab, subject, to) {
  const from = to === 'B' ? ROOMS.A : ROOMS.B;
  await sql(
    lab,
    from.server,
    'CREATE OR REPLACE TABLE shop.gap (source CHAR(1), at TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6))',
  );
  await Promise.all(SERVERS.map((host) => lab.inHost(host, 'rm -f /tmp/bench-stop')));
  const writers = Object.values(ROOMS).map(({ server, proxy }, index) =>
    lab.inHost(
      server,
      `timeout 120 perl -MIO::Handle -e '${WRITER.replaceAll("'", `'"'"'`)}' ${proxy} ${index}`,
    ),
  );
  await sleep(1500);
  await subject.run(lab, lab.newConfig(), to);
  await settled(lab, to);
  await sleep(500);
  await Promise.all(SERVERS.map((host) => lab.inHost(host, 'touch /tmp/bench-stop')));
  const broken = (await Promise.all(writers)).map(Number).reduce((sum, each) => sum + each, 0);
  await sleep(200);
  const [gap, count, copy] = await Promise.all([
    sql(lab, ROOMS[to].server, LONGEST),
    sql(lab, ROOMS[to].server, 'SELECT COUNT(*) FROM shop.gap'),
    sql(lab, from.server, 'SELECT COUNT(*) FROM shop.gap'),
  ]);
  if (count !== copy || Number(count) < 100)
    throw new Error(`${subject.name}: ${count} rows, ${copy} at the other server`);
  console.error(`${subject.name} to ${to}: ${(Number(gap) / 1000).toFixed(0)} ms, ${broken} sessions broken`);
  subject.runs.push({ gap: Number(gap) / 1000, broken });
}

const subjects = [
  { name: 'kuafu db switch', run: byKuafu, runs: [] },
  { name: 'bare steps', run: byScript, runs: [] },
];

await withLab({ name: 'bench-switch', spares: 0, roles: ['database'] }, async (lab) => {
  for (const proxy of PROXIES)
    await lab.inHost(
      proxy,
      "sed -i 's/inter 500ms fastinter 100ms downinter 200ms/inter 100ms/' /etc/haproxy/haproxy.cfg; systemctl restart haproxy",
    );
  await settled(lab, 'A');
  // An even number of runs by each, so each begins in room A as often as in room B.
  for (let round = 0; round < rounds; round += 1)
    for (const [turn, subject] of (round % 2 === 0 ? subjects : [...subjects].reverse()).entries())
      await measure(lab, subject, turn === 0 ? 'B' : 'A');
  console.log(
    `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${rounds} runs each\n`,
  );
  console.log('| write gap of the clients | median ms | minimum | maximum | sessions broken |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const { name, runs } of subjects) {
    const gaps = runs.map(({ gap }) => gap);
    const cells = [median(gaps), Math.min(...gaps), Math.max(...gaps)].map((each) => each.toFixed(0));
    console.log(`| ${name} | ${cells.join(' | ')} | ${median(runs.map(({ broken }) => broken))} |`);
  }
  const [ours, bare] = subjects.map(({ runs }) => median(runs.map(({ gap }) => gap)));
  console.log(
    `\nkuafu's gap is ${(ours / bare).toFixed(2)} times the script's (bounds: ${BOUND} times, ${BOUND_MS} ms)`,
  );
  return ours <= BOUND_MS && ours <= BOUND * bare;
});
