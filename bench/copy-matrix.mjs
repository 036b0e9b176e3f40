// Does every copy arrive, whatever the limit of the rate, the size of the tree, what packing makes of it, and the number of hosts?
//
//   npm run build && sudo node bench/copy-matrix.mjs [--counts 1,3,12] [--rates 1,3,999,…,0] [--trees empty,byte,…] [--seconds 15]
//   sudo node bench/copy-matrix.mjs --long     trees of 3 GB, without limit and with one of 200 MB/s, which take minutes each
//
// Method: a lab of its own; kuafu scale without --start for each count, rate (bytes a second, 0 for none) and tree whose archive takes
// no longer than --seconds at that rate. Every cell must end as done with no host set aside, and the tree of each host must be the
// template's. It has no bound of time. Between two cells the hosts are bare again and the ledger is new.
import { median, sparesOfB, TEMPLATE, withLab } from './bench-lab.mjs';
import { fail, parseOptions, positive } from './bench-options.mjs';
import { differing, newTreeConfig, TREE } from './bench-tree.mjs';

const SHORT = { counts: '1,3,12', rates: '1,3,999,1001,4097,65537,999983,7340033,20000000,100000007,0' };
const LONG = { counts: '1,3', rates: '0,200000000' };
const TREES = {
  empty: 'true',
  byte: 'printf x > byte',
  odd: 'head -c 65537 /dev/urandom > odd',
  random: 'head -c 7654321 /dev/urandom > random',
  zeros: 'head -c 60000000 /dev/zero > zeros',
  mixed: 'head -c 40000000 /dev/zero > a; head -c 3000000 /dev/urandom > b; head -c 40000000 /dev/zero > c',
};
const LONG_TREES = {
  'zeros-3g': 'head -c 3000000000 /dev/zero > zeros',
  'random-3g': 'head -c 3000000000 /dev/urandom > random',
};
/** What 3 GB on each host would take of this machine's disk. */
const MOST_BYTES = 10e9;

const options = readOptions();

function readOptions() {
  const isLong = process.argv.includes('--long');
  const trees = isLong ? LONG_TREES : TREES;
  const given = parseOptions({
    ...(isLong ? LONG : SHORT),
    trees: Object.keys(trees).join(','),
    seconds: '15',
    long: false,
  });
  const unknown = given.trees.split(',').filter((name) => !(name in trees));
  if (unknown.length > 0) fail(`${unknown}: the trees are ${Object.keys(trees)}`);
  return {
    counts: given.counts.split(',').map(positive),
    rates: given.rates.split(',').map(Number),
    trees: given.trees.split(',').map((name) => ({ name, script: trees[name] })),
    seconds: isLong ? Number.POSITIVE_INFINITY : positive(given.seconds),
  };
}

async function runCell(lab, count, rate) {
  const flags = rate === 0 ? [] : ['--limit-rate', String(rate)];
  const { document, copies } = await lab.scale(count, newTreeConfig(lab), flags);
  const hosts = sparesOfB(count);
  const aside = document.hosts
    .filter(({ state }) => state !== 'done')
    .map(({ host, message }) => `${host}: ${message}`);
  const others = document.state === 'done' ? await differing(lab, hosts) : [];
  const used = document.hosts.map(({ host }) => host);
  await lab.clean(used);
  const wrong = [
    ...(document.state === 'done' ? [] : [document.message]),
    ...aside,
    ...others.map((host) => `${host}: another tree`),
  ];
  return { wrong, seconds: Math.max(0, ...copies.values()) / 1000 };
}

async function matrix(lab) {
  console.log('| tree | archive bytes | hosts | bytes/s | seconds | |');
  console.log('| --- | ---: | ---: | ---: | ---: | --- |');
  const times = [];
  let failed = 0;
  for (const { name, script } of options.trees) {
    await lab.inHost(TEMPLATE.name, `rm -rf ${TREE} && mkdir ${TREE} && cd ${TREE} && { ${script}; }`);
    const bytes = Number(await lab.inHost(TEMPLATE.name, `tar -C / -c .${TREE} | zstd -q -1 -c | wc -c`));
    const onDisk = Number(await lab.inHost(TEMPLATE.name, `du -sb ${TREE} | cut -f 1`)) + bytes;
    for (const count of options.counts.filter((hosts) => hosts * onDisk <= MOST_BYTES))
      for (const rate of options.rates) {
        if (rate > 0 && bytes / rate > options.seconds) continue;
        const { wrong, seconds } = await runCell(lab, count, rate);
        if (wrong.length > 0) failed += 1;
        times.push(seconds);
        const verdict = wrong.length === 0 ? 'ok' : wrong.join('; ');
        console.log(
          `| ${[name, bytes, count, rate || 'no limit', seconds.toFixed(1), verdict].join(' | ')} |`,
        );
      }
  }
  console.log(`\n${times.length} cells, ${failed} failed, median ${median(times).toFixed(1)} s`);
  return failed === 0;
}

await withLab({ name: 'bench-matrix', spares: Math.max(...options.counts) + 2 }, matrix);
