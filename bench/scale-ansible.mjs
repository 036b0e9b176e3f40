// kuafu scale --count 20 --start of the lab's shop, beside an Ansible playbook that does the same on the same 20 hosts.
//
//   npm run build && sudo node bench/scale-ansible.mjs [--count 20] [--rounds 3]
//
// Method: a lab whose links are as fast as they go; hosts and client share the cores of one machine. Each round runs both, in
// turns as to which is first, on hosts that are bare again. bench/ansible/scale.yml does with Ansible's own modules
// what kuafu's plan does: archive from the template, account, files, unit, environment of the room, start, three healthy
// answers a second apart, join HAProxy through its socket and wait until that sees the hosts up. forks = hosts, pipelining on,
// no gathering of facts, connections kept; health and the join are one shell task each, which is its fastest. kuafu
// makes its preflight and keeps its ledger meanwhile.
// After every run: 20 hosts up and in traffic at lb-b, with the files of the template and the same environment file.
// Wall time and CPU (user and system) of the client's process tree by bash's `time`; ssh masters that Ansible leaves
// in the background are added from /proc. Medians. Bound: kuafu <= 1/3 of the playbook's wall time.
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runPlaybook } from './bench-ansible.mjs';
import { median, scaleWords, sparesOfB, TEMPLATE, withLab } from './bench-lab.mjs';
import { parseOptions, positive } from './bench-options.mjs';

const BOUND = 3;
const given = parseOptions({ count: '20', rounds: '3' });
const count = positive(given.count);
const rounds = positive(given.rounds);
const hosts = sparesOfB(count);
const kuafu = fileURLToPath(new URL('../bin/kuafu.js', import.meta.url));
const subjects = [
  { name: 'kuafu scale', run: byKuafu, runs: [] },
  { name: 'ansible-playbook', run: byAnsible, runs: [] },
];

async function byKuafu(lab) {
  const words = [...scaleWords(count), '--start', '--config', lab.newConfig()];
  return await lab.timed(`${process.execPath} ${kuafu} ${words.join(' ')}`);
}

async function byAnsible(lab) {
  return await runPlaybook(lab, 'scale.yml', hosts);
}

/** Fails unless the hosts are what both promise. Gives what must be the same after both. */
async function outcome(lab, { name }) {
  const up = (await lab.serversOfB()).filter((server) => server.isUp).map((server) => server.name);
  const absent = hosts.filter((host) => !up.includes(host));
  if (absent.length > 0) throw new Error(`after ${name}, not in traffic: ${absent}`);
  const look =
    'cat /etc/shop/env /etc/systemd/system/shop.service; stat -c "%U %G %a" /etc/shop/env; systemctl is-enabled shop; id shop';
  const states = await Promise.all(
    hosts.map(async (host) => `${await lab.digestOf(host, '/opt/shop')}\n${await lab.inHost(host, look)}`),
  );
  const [first, ...others] = [...new Set(states)];
  if (others.length > 0) throw new Error(`after ${name}, hosts differ:\n${first}\n${others[0]}`);
  if (!first.startsWith(await lab.digestOf(TEMPLATE.name, '/opt/shop')))
    throw new Error(`after ${name}, the files are not those of the template`);
  return first;
}

await withLab(
  { name: 'bench-scale', spares: count, tools: { 'ansible-playbook': 'ansible-core' } },
  async (lab) => {
    console.log(
      `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${rounds} rounds\n`,
    );
    const outcomes = new Set();
    for (let round = 0; round < rounds; round += 1)
      for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
        subject.runs.push(await subject.run(lab));
        outcomes.add(await outcome(lab, subject));
        await lab.clean(hosts);
      }
    if (outcomes.size > 1)
      throw new Error(`the two do not end with the same:\n${[...outcomes].join('\n---\n')}`);
    console.log('| hosts | by | wall s | all rounds s | client CPU s |');
    console.log('| ---: | --- | ---: | --- | ---: |');
    const walls = subjects.map(({ name, runs }) => {
      const [wall, cpu] = ['wall', 'cpu'].map((figure) => median(runs.map((run) => run[figure])));
      const all = runs.map((run) => run.wall.toFixed(1)).join(', ');
      console.log(`| ${count} | ${name} | ${wall.toFixed(1)} | ${all} | ${cpu.toFixed(1)} |`);
      return wall;
    });
    const isHeld = walls[0] * BOUND <= walls[1];
    const times = (walls[1] / walls[0]).toFixed(1);
    console.log(
      `\nbound 1/${BOUND} of the playbook's time, it is 1/${times}: ${isHeld ? 'held' : 'exceeded'}`,
    );
    return isHeld;
  },
);
