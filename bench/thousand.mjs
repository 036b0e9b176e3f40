// kuafu exec on 1,000 hosts: the controller's CPU per host and its memory, against connections that are real SSH.
//
//   npm run build && node bench/thousand.mjs [rounds] [hosts...]
//
// Method: the hosts are one SSH server in a process of its own (bench/ssh-server.mjs, ssh2), at as many loopback
// addresses, each a host of a written configuration with strict host keys. Key exchange, encryption and public key
// login are whole; only what a host does with the command is not. Rounds with the default --forks, and with forks =
// hosts, where every connection is open at once; the hosts hold each command for 50 ms so that this is so. Wall time and
// CPU are those of bash's `time`, start-up of Node.js included; memory is the largest resident set (VmHWM of
// /proc/PID/status), read at the end of the last round. Medians. Bounds: CPU 10 ms a host, 150 MB at 1,000 hosts.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.argv[2] ?? 3);
const SIZES = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [100, 500, 1000];
const MOST = 1000;
const BOUND_CPU_MS = 10;
const BOUND_MEMORY_MB = 150;
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kuafu-thousand-'));

function writeFiles(port, hostKey) {
  writeFileSync(join(folder, 'known_hosts'), `* ${hostKey}\n`);
  writeFileSync(
    join(folder, 'kuafu.config.yaml'),
    `ssh: {user: root, port: ${port}, identityFile: ${folder}/key, knownHosts: ${folder}/known_hosts, configFile: none}
ledger: sqlite:${folder}/ledger.db
rooms:
  A: {network: 127.1.0.0/16, hosts: {'n-[0001-${MOST}]': '127.1.[1-4].[1-250]'}}
`,
  );
}

function startServer() {
  const server = spawn(process.execPath, [file('ssh-server.mjs'), join(folder, 'key')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve) => {
    server.stdout.once('data', (line) => resolve({ server, ...JSON.parse(line) }));
  });
}

function runOnce(size, forks) {
  const names = `n-[0001-${String(size).padStart(4, '0')}]`;
  const words = `${names} --config ${folder}/kuafu.config.yaml ${forks} -- true`;
  const script = `TIMEFORMAT='%R %U %S'; time { ${process.execPath} --import ${file('peak-memory.mjs')} ${file('../bin/kuafu.js')} exec ${words}; }`;
  const { stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  const lines = stderr.trim().split('\n');
  const [wall, user, system] = lines.at(-1).split(' ').map(Number);
  const peak = lines.find((line) => line.startsWith('peak '));
  if (status !== 0 || !stderr.includes(`${size} done, 0 failed`) || peak === undefined)
    throw new Error(stderr);
  return { wall, cpu: user + system, memory: Number(peak.slice(5)) };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const key = join(folder, 'key');
spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
const { server, port, hostKey } = await startServer();
let isOver = false;
try {
  writeFiles(port, hostKey);
  console.log(
    `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${ROUNDS} rounds\n`,
  );
  console.log('| hosts | forks | wall s | client CPU s | CPU ms per host | memory MB |');
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const size of SIZES) {
    for (const forks of ['', `--forks ${size}`]) {
      const runs = Array.from({ length: ROUNDS + 1 }, () => runOnce(size, forks)).slice(1);
      const [wall, cpu, memory] = ['wall', 'cpu', 'memory'].map((name) =>
        median(runs.map((run) => run[name])),
      );
      const perHost = (cpu * 1000) / size;
      if (size === MOST) isOver ||= perHost > BOUND_CPU_MS || memory > BOUND_MEMORY_MB;
      const shown = forks === '' ? 'default' : size;
      console.log(
        `| ${size} | ${shown} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${perHost.toFixed(1)} | ${memory.toFixed(0)} |`,
      );
    }
  }
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `\nbounds ${BOUND_CPU_MS} ms and ${BOUND_MEMORY_MB} MB at ${MOST} hosts: ${isOver ? 'exceeded' : 'held'}`,
);
process.exitCode = isOver ? 1 : 0;
