// One tree from one template host to 5, 10 and 20 new hosts of the other room, every link of the same speed: kuafu's chain
// beside kuafu --one-hop, rsync that every host pulls from the template, and Ansible.
//
//   npm run build && sudo node bench/copy.mjs [--hosts 5,10,20] [--methods chain,one-hop,rsync,ansible]
//                                            [--mbit 25] [--megabytes 60] [--rounds 1]
//   sudo node bench/copy.mjs --branch --rounds 3 [--hosts 20] [--mbit 25] [--sizes 0.2,1,4,16]
//
// Method: hosts of a lab. The links of template, control host and new hosts are shaped to one speed in both directions (tc
// tbf at both ends); those of the gateways are not. 25 Mbit/s, as all hosts share the cores of one machine: from 50 on, twenty of
// them wait for two cores and not for their links. The tree is random bytes in files of 1 MB. Between two runs the new hosts are
// bare again and kuafu's ledger is new. After each run the tree of every host is compared with the template's.
// Floor: bytes of the archive / speed of a link. What SSH, TCP and Ethernet add (5 %) is in the times, not in it.
//   chain, one-hop  kuafu scale without --start, from the first event of its copy steps to the last
//   rsync           parallel-ssh, all hosts at once: rsync -a from the template with the lab's key, which is put on the hosts
//                   for that; a host that the template's sshd turns away (MaxStartups) tries again. From start to exit
//   ansible         bench/ansible/copy.yml, forks = hosts, pipelining: archive to the control host, then to every host
// Medians where there are several rounds. Bounds: chain <= 1.25 x floor + 2 s for each count of hosts; at 20 hosts at least
// 8 times faster than one-hop and rsync.
//
// --branch: is it worth that a host feeds two others (width 2) and not one? ChainCopy alone (bench/copy-width.mjs), trees of
// some sizes, both widths by turns; it ends with where the two meet, in bytes for each host of the chain, which is what
// BRANCH_BELOW_BYTES_PER_HOST of src/lib/scale/copy-step.ts is meant to be. It has no bound.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPlaybook } from './bench-ansible.mjs';
import { median, sparesOfB, TEMPLATE, withLab } from './bench-lab.mjs';
import { fail, parseOptions, positive } from './bench-options.mjs';
import { archiveBytes, differing, makeTree, newTreeConfig, TREE } from './bench-tree.mjs';

const BOUND = { share: 1.25, seconds: 2, faster: 8, fasterAt: 20 };
const METHODS = { chain: byChain, 'one-hop': byOneHop, rsync: byRsync, ansible: byAnsible };
const options = readOptions();
const bitsPerSecond = options.mbit * 1e6;
const most = Math.max(...options.hosts);

function readOptions() {
  const methods = Object.keys(METHODS).join(',');
  const hosts = process.argv.includes('--branch') ? '20' : '5,10,20';
  const texts = { hosts, methods, mbit: '25', megabytes: '60', rounds: '1', sizes: '0.2,1,4,16' };
  const given = parseOptions({ ...texts, branch: false });
  const unknown = given.methods.split(',').filter((name) => !(name in METHODS));
  if (unknown.length > 0) fail(`${unknown}: the methods are ${methods}`);
  return {
    branch: given.branch,
    hosts: given.hosts.split(',').map(positive),
    methods: given.methods.split(','),
    mbit: positive(given.mbit),
    megabytes: positive(given.megabytes),
    rounds: positive(given.rounds),
    sizes: given.sizes.split(',').map(positive),
  };
}

async function shapeAll(lab, hosts) {
  await lab.shape(['ctl', TEMPLATE.name, ...hosts], bitsPerSecond);
}

async function byChain(lab, hosts) {
  return lastOf(await lab.scale(hosts.length, newTreeConfig(lab)));
}

async function byOneHop(lab, hosts) {
  return lastOf(await lab.scale(hosts.length, newTreeConfig(lab), ['--one-hop']));
}

function lastOf({ document, copies }) {
  if (document.state !== 'done')
    throw new Error(`the expansion ended as ${document.state}: ${document.message}`);
  return Math.max(...copies.values()) / 1000;
}

async function byRsync(lab, hosts) {
  const key = '/root/bench-key';
  const list = join(lab.folder, 'hosts');
  writeFileSync(list, `${hosts.map((name) => lab.addressOf(name)).join('\n')}\n`);
  const put = `parallel-scp -p ${hosts.length} -x "-F ${lab.sshConfig} -p" -h ${list} ${lab.identity} ${key}`;
  await lab.timed(put);
  try {
    const ssh = `ssh -i ${key} -o StrictHostKeyChecking=no -o LogLevel=ERROR -o KexAlgorithms=curve25519-sha256`;
    const pull = `for try in 1 2 3 4 5 6 7 8 9 10; do rsync -a -e '${ssh}' root@${TEMPLATE.address}:${TREE}/ ${TREE}/ && exit 0; sleep 0.5; done; exit 1`;
    const script = join(lab.folder, 'pull');
    writeFileSync(script, pull);
    const all = `parallel-ssh -t 0 -p ${hosts.length} -x '-F ${lab.sshConfig}' -h ${list} "$(cat ${script})"`;
    return (await lab.timed(all)).wall;
  } finally {
    if (!lab.isInterrupted) await Promise.all(hosts.map((host) => lab.inHost(host, `rm -f ${key}`)));
  }
}

async function byAnsible(lab, hosts) {
  return (await runPlaybook(lab, 'copy.yml', hosts, { folder: TREE })).wall;
}

async function measure(lab, method, hosts) {
  const times = [];
  for (let round = 0; round < options.rounds; round += 1) {
    times.push(await METHODS[method](lab, hosts));
    await expectSame(lab, hosts, method);
    await lab.clean(hosts);
  }
  return median(times);
}

async function expectSame(lab, hosts, method) {
  const others = await differing(lab, hosts);
  if (others.length > 0) throw new Error(`after ${method}, another tree than the template's: ${others}`);
}

async function compare(lab) {
  await shapeAll(lab, sparesOfB(most));
  await makeTree(lab, options.megabytes);
  const floor = ((await archiveBytes(lab)) * 8) / bitsPerSecond;
  console.log(`${options.megabytes} MB at ${options.mbit} Mbit/s: floor ${floor.toFixed(2)} s\n`);
  console.log('| hosts | method | seconds | times the floor | times the chain |');
  console.log('| ---: | --- | ---: | ---: | ---: |');
  const bounds = [];
  for (const count of options.hosts) {
    let chain;
    for (const method of options.methods) {
      const seconds = await measure(lab, method, sparesOfB(count));
      if (method === 'chain') chain = seconds;
      const times = chain === undefined ? '' : (seconds / chain).toFixed(1);
      console.log(
        `| ${count} | ${method} | ${seconds.toFixed(1)} | ${(seconds / floor).toFixed(2)} | ${times} |`,
      );
      bounds.push(...boundsOf({ count, method, seconds, chain, floor }));
    }
  }
  console.log(`\n${bounds.map(({ text, isHeld }) => `${text}: ${isHeld ? 'held' : 'exceeded'}`).join('\n')}`);
  return bounds.every(({ isHeld }) => isHeld);
}

function boundsOf({ count, method, seconds, chain, floor }) {
  const limit = BOUND.share * floor + BOUND.seconds;
  if (method === 'chain')
    return [{ text: `bound ${limit.toFixed(1)} s for ${count} hosts`, isHeld: seconds <= limit }];
  if (count !== BOUND.fasterAt || chain === undefined || method === 'ansible') return [];
  const text = `bound ${BOUND.faster} times faster than ${method} at ${count} hosts`;
  return [{ text, isHeld: seconds >= BOUND.faster * chain }];
}

async function branch(lab) {
  await shapeAll(lab, sparesOfB(most));
  console.log(`ChainCopy at ${options.mbit} Mbit/s, medians of ${options.rounds} rounds\n`);
  console.log('| hosts | MB | bytes per host | width 1 s | width 2 s | floor s |');
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const count of options.hosts) {
    const rows = [];
    for (const megabytes of options.sizes) {
      await makeTree(lab, megabytes);
      const { bytes, narrow, wide } = await bothWidths(lab, sparesOfB(count));
      rows.push({ perHost: bytes / count, gain: narrow - wide });
      const cells = [narrow, wide, (bytes * 8) / bitsPerSecond].map((seconds) => seconds.toFixed(2));
      console.log(`| ${[count, megabytes, Math.round(bytes / count), ...cells].join(' | ')} |`);
    }
    console.log(`\n${count} hosts: ${meetingPoint(rows)}\n`);
  }
  return true;
}

async function bothWidths(lab, hosts) {
  const driver = fileURLToPath(new URL('copy-width.mjs', import.meta.url));
  const times = { 1: [], 2: [] };
  let bytes = 0;
  for (let round = 0; round < options.rounds; round += 1)
    for (const width of round % 2 === 0 ? [1, 2] : [2, 1]) {
      const words = [process.execPath, driver, newTreeConfig(lab), TEMPLATE.name, String(width), ...hosts];
      const { code, stdout, stderr } = await lab.inLab(words);
      if (code !== 0) throw new Error(`copy-width.mjs ended with ${code}: ${stderr}`);
      const run = JSON.parse(stdout);
      bytes = run.bytes;
      times[width].push(run.seconds);
      await expectSame(lab, hosts, `width ${width}`);
      await lab.clean(hosts);
    }
  return { bytes, narrow: median(times[1]), wide: median(times[2]) };
}

/** Between the largest tree that gains by two receivers and the next, on a line between the gains of both. */
function meetingPoint(rows) {
  const last = rows.findLastIndex(({ gain }) => gain > 0);
  if (last === -1) return 'width 1 is as good or better for all of these';
  const [from, to] = [rows[last], rows[last + 1]];
  if (to === undefined) return 'width 2 is better for all of these';
  const share = from.gain / (from.gain - to.gain);
  const perHost = from.perHost + share * (to.perHost - from.perHost);
  return `width 2 is better below ${(Math.round(perHost / 10_000) / 100).toFixed(2)} MB for each host of the chain`;
}

const tools = options.branch
  ? {}
  : {
      ...(options.methods.includes('rsync') ? { 'parallel-ssh': 'pssh' } : {}),
      ...(options.methods.includes('ansible') ? { 'ansible-playbook': 'ansible-core' } : {}),
    };
await withLab({ name: 'bench-copy', spares: most, tools }, async (lab) => {
  console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n`);
  return await (options.branch ? branch(lab) : compare(lab));
});
