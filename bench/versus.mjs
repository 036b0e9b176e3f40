// This build beside another one (such as that of the last release): exec, scale, copy and logs, in turn on the same hosts.
//
//   npm run build                                     here and in the other checkout
//   sudo node bench/versus.mjs OTHER_CHECKOUT [--rounds 5] [--hosts 20] [--mb 30]
//
// Method: real hosts of a lab of this build. Each round runs every command with both builds, in an order that changes from
// round to round; the first round warms caches and is thrown away. Wall time and CPU (user and system) of the kuafu process
// are those of bash's `time`; hosts and client share the cores of one machine, so the wall time has the hosts' work in it.
// Figures are medians; the ratio is the median of the ratios round by round, which holds when the machine's speed drifts. The
// bound: no ratio of wall times is above 1.05.
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, scaleWords, sparesOfB, TEMPLATE, withLab } from './bench-lab.mjs';
import { fail, parseOptions, positive } from './bench-options.mjs';
import { makeTree, newTreeConfig, TREE } from './bench-tree.mjs';

const BOUND = 1.05;
const LOG_LINES = 300_000;
const [checkout = fail('Name the other checkout.'), ...rest] = process.argv.slice(2);
process.argv.splice(2, Infinity, ...rest);
const options = parseOptions({ rounds: '5', hosts: '20', mb: '30' });
const [rounds, count, megabytes] = [options.rounds, options.hosts, options.mb].map(positive);
const builds = [
  { name: 'this', program: fileURLToPath(new URL('../bin/kuafu.js', import.meta.url)) },
  { name: 'other', program: join(resolve(checkout), 'bin/kuafu.js') },
];
const hosts = sparesOfB(count);

/** What is timed; `after` makes the hosts as they were. What takes less than a second is done `times` as often. */
const subjects = [
  { name: `exec on ${count} hosts`, words: () => ['exec', hosts.join(','), '--', 'true'], times: 6 },
  {
    name: `scale --count ${count} --start`,
    words: () => [...scaleWords(count), '--start'],
    after: (lab) => lab.clean(hosts),
  },
  {
    name: `scale of ${megabytes} MB, ${count} hosts`,
    words: () => scaleWords(count),
    config: newTreeConfig,
    after: async (lab) => {
      await lab.clean(hosts);
      await Promise.all(hosts.map((host) => lab.inHost(host, `rm -rf ${TREE}`)));
    },
  },
  {
    name: `logs grep in ${2 * LOG_LINES} lines`,
    words: () => ['logs', 'grep', 'n=[0-9]*7 ', '--app', 'shop', '--file', '/var/log/shop/bench.log'],
  },
];

/** The same log on a host of each room, with a time and a number in each line. */
async function makeLogs(lab) {
  const line = '%Y-%m-%dT%H:%M:%S.000Z INFO client=192.0.2.1 method=GET path=/buy status=200';
  const script = `use POSIX; for my $n (1..${LOG_LINES}) { print strftime("${line}", gmtime(1790000000 + int($n / 100))), " n=$n .\\n" }`;
  for (const host of [TEMPLATE.name, 'web-b-01'])
    await lab.inHost(host, `perl -e '${script}' > /var/log/shop/bench.log`);
}

async function once(lab, { program }, { words, config, after }) {
  const file = config ? config(lab) : lab.newConfig();
  const line = [process.execPath, program, ...words(), '--config', file].map((word) => `'${word}'`).join(' ');
  const figures = await lab.timed(line);
  await after?.(lab);
  return figures;
}

await withLab({ name: 'bench-versus', spares: count }, async (lab) => {
  console.log(
    `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${rounds} rounds\n`,
  );
  await makeTree(lab, megabytes);
  await makeLogs(lab);
  console.log('| command | this: wall s | CPU s | other: wall s | CPU s | wall, this ÷ other | CPU |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  let isHeld = true;
  for (const subject of subjects) {
    const runs = { this: [], other: [] };
    for (let round = 0; round <= rounds * (subject.times ?? 1); round += 1)
      for (const build of round % 2 === 0 ? builds : [...builds].reverse()) {
        const figures = await once(lab, build, subject);
        if (round > 0) runs[build.name].push(figures);
      }
    const of = (name, figure) => median(runs[name].map((run) => run[figure]));
    const ratio = (figure) => median(runs.this.map((run, index) => run[figure] / runs.other[index][figure]));
    const cells = [
      subject.name,
      ...['this', 'other'].flatMap((name) => [of(name, 'wall').toFixed(2), of(name, 'cpu').toFixed(2)]),
      ratio('wall').toFixed(2),
      ratio('cpu').toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
    isHeld &&= ratio('wall') <= BOUND;
  }
  console.log(`\nbound ${BOUND} of the other's wall time: ${isHeld ? 'held' : 'exceeded'}`);
  return isHeld;
});
