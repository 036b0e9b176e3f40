// A command that does nothing on 20, 100 and 200 hosts: kuafu exec beside clush, pdsh, parallel-ssh and ansible.
//
//   npm run build
//   sudo node bin/kuafu.js lab up --name bench --hosts 2 --spare A=48,B=152
//   sudo node bin/kuafu.js lab run --name bench -- node bench/fanout.mjs [rounds] [hosts...]
//
// Method: real hosts of a lab, each with its own sshd; hosts and client share the cores of one machine, so what a
// client saves the hosts can use, and the wall time has a floor that is the hosts' own. Each round runs every tool once,
// in an order shuffled per round; the first round warms caches and is thrown away. Medians. Wall time and CPU are those of
// bash's `time` (CPU: user and system of the tool and every process it waited for, its ssh processes among them). Memory
// is measured in a round of its own: the largest sum of proportional set sizes (Pss of smaps_rollup) of the process
// tree, sampled each 50 ms.
//
// Fairness: all run `true` as root with the same key and strict host keys from the same files. forks = hosts for all.
// The others use OpenSSH without ~/.ssh/config, ControlMaster off and LogLevel ERROR. ansible runs its `raw` module, which
// needs no Python on hosts and is its fastest. Two tables: OpenSSH's key exchange as installed (sntrup761 in Debian 12),
// and curve25519, which is what kuafu uses, so that the price of the exchange is the same for all.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.argv[2] ?? 5);
const SIZES = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [20, 100, 200];
const kuafu = fileURLToPath(new URL('../bin/kuafu.js', import.meta.url));
const labConfig = process.env.KUAFU_CONFIG;
if (!labConfig) throw new Error('run it inside kuafu lab run');
const labFolder = dirname(labConfig);
const folder = mkdtempSync(join(tmpdir(), 'kuafu-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Names and addresses of all web and spare hosts; the dry run also tells whether there are enough. */
function labHosts() {
  const words = [kuafu, 'exec', '@all,@role:spare', '--json', '--', 'hostname -I | cut -d" " -f1'];
  const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const { hosts } = JSON.parse(stdout);
  const bad = hosts.filter(({ status, exitCode }) => status !== 'exited' || exitCode !== 0);
  if (bad.length > 0)
    throw new Error(`not all hosts answer: ${bad.map(({ host, message }) => `${host} ${message}`)}`);
  return hosts.map(({ host, stdout: address }) => ({ name: host, address: address.trim() }));
}

function writeSshConfig(kex) {
  const file = join(folder, `ssh_config-${kex.replace(' ', '-')}`);
  const known = [join(labFolder, 'known_hosts'), join(labFolder, 'accepted_host_keys')];
  const lines = [
    'User root',
    `IdentityFile ${join(labFolder, 'id_ed25519')}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${known.join(' ')}`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'BatchMode yes',
    'ControlMaster no',
    'LogLevel ERROR',
    ...(kex === 'as installed' ? [] : [`KexAlgorithms ${kex}`]),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const quote = (word) => `'${word}'`;

function toolsFor(hosts, sshConfig) {
  const addresses = hosts.map(({ address }) => address);
  const names = hosts.map(({ name }) => name).join(',');
  const n = hosts.length;
  const list = join(folder, `hosts-${n}`);
  writeFileSync(list, `${addresses.join('\n')}\n`);
  const all = addresses.join(',');
  const ssh = `-F ${sshConfig}`;
  return [
    { name: 'kuafu exec', line: `${process.execPath} ${kuafu} exec ${names} --forks ${n} -- true` },
    { name: 'clush', line: `clush -q -b -f ${n} -o ${quote(ssh)} -w ${all} true` },
    { name: 'pdsh', line: `PDSH_SSH_ARGS_APPEND=${quote(ssh)} pdsh -R ssh -f ${n} -w ${all} true` },
    { name: 'parallel-ssh', line: `parallel-ssh -t 0 -p ${n} -x ${quote(ssh)} -h ${list} true` },
    {
      name: 'ansible raw',
      line: `ANSIBLE_PIPELINING=1 ANSIBLE_SSH_ARGS=${quote(ssh)} ansible all -i ${list} -f ${n} -m raw -a true`,
    },
  ];
}

function timeOnce({ name, line }) {
  const script = `TIMEFORMAT='%R %U %S'; time { ${line} >${folder}/out 2>&1; echo $? >${folder}/rc; }`;
  const { stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  const status = readFileSync(join(folder, 'rc'), 'utf8').trim();
  if (status !== '0')
    throw new Error(
      `${name} exited with ${status}: ${readFileSync(join(folder, 'out'), 'utf8').slice(-2000)}`,
    );
  const [wall, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system };
}

function treeOf(pid) {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return [pid, ...children.flatMap(treeOf)];
  } catch {
    return [];
  }
}

function pssOf(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function memoryOf({ line }) {
  const child = spawn('bash', ['-c', `exec 3>&1; ${line} >${folder}/out 2>&1`], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let most = 0;
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const sum = treeOf(child.pid).reduce((total, pid) => total + pssOf(pid), 0);
    most = Math.max(most, sum);
    await sleep(50);
  }
  return most / 1024;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Measures all tools on so many hosts. Says whether kuafu is ahead of each other in wall time and in CPU. */
async function compare(hosts, sshConfig) {
  const tools = toolsFor(hosts, sshConfig).map((tool) => ({ ...tool, runs: [] }));
  for (let round = -1; round < ROUNDS; round += 1) {
    const order = tools.map((tool) => ({ tool, rank: Math.random() })).sort((a, b) => a.rank - b.rank);
    for (const { tool } of order) {
      const run = timeOnce(tool);
      if (round >= 0) tool.runs.push(run);
    }
  }
  const rows = [];
  for (const tool of tools) {
    const [wall, cpu] = ['wall', 'cpu'].map((name) => median(tool.runs.map((run) => run[name])));
    rows.push({ wall, cpu });
    const memory = await memoryOf(tool);
    const cells = [
      wall.toFixed(2),
      cpu.toFixed(2),
      ((cpu * 1000) / hosts.length).toFixed(1),
      memory.toFixed(0),
    ];
    console.log(`| ${[hosts.length, tool.name, ...cells].join(' | ')} |`);
  }
  const [own, ...others] = rows;
  return others.every(({ wall, cpu }) => own.wall < wall && own.cpu < cpu);
}

const hosts = labHosts();
const behind = [];
console.log(
  `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${ROUNDS} rounds`,
);
for (const kex of ['as installed', 'curve25519-sha256']) {
  console.log(`\nKey exchange of OpenSSH: ${kex}\n`);
  console.log('| hosts | tool | wall s | client CPU s | CPU ms per host | memory MB |');
  console.log('| ---: | --- | ---: | ---: | ---: | ---: |');
  for (const size of SIZES) {
    if (size > hosts.length) throw new Error(`the lab has ${hosts.length} hosts, ${size} are wanted`);
    if (!(await compare(hosts.slice(0, size), writeSshConfig(kex)))) behind.push(`${size} hosts, ${kex}`);
  }
}
console.log(`\nnot ahead of all in wall time and client CPU: ${behind.join('; ') || 'nowhere'}`);
process.exitCode = behind.length > 0 ? 1 : 0;
