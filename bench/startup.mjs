// How long `kuafu --version` and `kuafu --help` take over a bare Node.js, and a command until it would begin.
//
//   npm run build && node bench/startup.mjs [rounds]
//
// Method: every round starts each of the rows once, one after the other, in an order that is shuffled per round, so that
// whatever else the machine does meets all of them alike. Wall time from spawn to exit,
// output to a pipe that is read. The first rounds warm the page cache and are thrown away. Medians are compared; the
// bound of the difference is 40 ms for version and help. The commands read kuafu.config.example.yaml: one stops where it would
// connect, the other finds an empty ledger.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.argv[2] ?? 60);
const WARM_UP = 5;
const BOUND_MS = 40;

const kuafu = fileURLToPath(new URL('../bin/kuafu.js', import.meta.url));
const example = fileURLToPath(new URL('../kuafu.config.example.yaml', import.meta.url));
const dryRun = ['exec', '--config', example, '--dry-run', '@all', '--', 'true'];
const subjects = [
  { name: 'node -e 0', args: ['-e', '0'], times: [] },
  { name: 'kuafu --version', args: [kuafu, '--version'], times: [], isBound: true },
  { name: 'kuafu --help', args: [kuafu, '--help'], times: [], isBound: true },
  { name: 'kuafu exec --dry-run', args: [kuafu, ...dryRun], times: [] },
  { name: 'kuafu ops list', args: [kuafu, 'ops', 'list', '--config', example], times: [] },
];

function timeOnce({ name, args }) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${name} exited with ${status}: ${stderr}`);
  return elapsedMs;
}

function quantile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

for (let round = -WARM_UP; round < ROUNDS; round += 1) {
  const order = subjects.map((subject) => ({ subject, rank: Math.random() })).sort((a, b) => a.rank - b.rank);
  for (const { subject } of order) {
    const elapsedMs = timeOnce(subject);
    if (round >= 0) subject.times.push(elapsedMs);
  }
}

const bare = quantile(subjects[0].times, 0.5);
console.log(
  `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${ROUNDS} rounds\n`,
);
console.log('| command | median ms | 10 % to 90 % ms | over bare ms |');
console.log('| --- | ---: | ---: | ---: |');
let late = false;
for (const { name, times, isBound = false } of subjects) {
  const over = quantile(times, 0.5) - bare;
  late ||= isBound && over > BOUND_MS;
  const spread = `${quantile(times, 0.1).toFixed(1)} to ${quantile(times, 0.9).toFixed(1)}`;
  console.log(`| ${name} | ${(bare + over).toFixed(1)} | ${spread} | ${over.toFixed(1)} |`);
}
console.log(`\nversion and help, bound ${BOUND_MS} ms over bare: ${late ? 'exceeded' : 'held'}`);
process.exitCode = late ? 1 : 0;
