// Whether one core keeps up with the logs of 200 hosts that write 500 lines/s each.
//
//   npm run build && node bench/logs.mjs [hosts] [lines/s of each] [seconds]
//
// Method: SSH servers in a process of their own answer as templates/logs/follow.sh does, with lines that are made as they
// are asked for, each with the time it was due; all of them on loopback. This process is the client: real connections
// (encrypted), the merge, and the text of every line, written to /dev/null. Its CPU time over wall time is the share of a
// core that it takes, start-up and logins left out. Every line is checked: each number of each host once, in order, and all
// times in order. The bound: all lines come, and it takes less than one core.
import { fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ssh2 from 'ssh2';
import { autoStamps, openConnections, plain, prefixFormat, tailLogs } from './library.js';

const [HOSTS, RATE, SECONDS] = [200, 500, 20].map((fallback, index) =>
  Number(process.argv[index + 2] ?? fallback),
);
const LOGIN_MS = 60_000;

/** One server for all hosts: each connection is a host, named by its user. */
function serve(privateKey, startAt) {
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    let host = '';
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      host = context.username;
      context.accept();
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        // What a host prints on both streams before the command; see src/lib/ssh/remote-line.ts.
        const [, one, other] = / kuafu (\S+) (\S+) '/.exec(command);
        for (const stream of [channel, channel.stderr]) stream.write(one + other);
        follow(channel, host, startAt);
      });
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
}

function follow(channel, host, startAt) {
  let [mark, asked, sent, offset] = ['', '', 0, 0];
  const due = () => Math.min(RATE * SECONDS, Math.max(0, Math.floor(((Date.now() - startAt) * RATE) / 1000)));
  const record = () => {
    const text = line(host, startAt, 1);
    const size = offset + Math.max(0, due() - sent) * text.length;
    return `n 1 1\0f 1 1_1_1 ${size} ${(Date.now() / 1000).toFixed(9)} 81a4 /var/log/a.log\0`;
  };
  const data = (from) => {
    const last = Math.min(due(), sent + 1200);
    let text = '';
    while (sent < last) text += line(host, startAt, ++sent);
    offset += text.length;
    return `${mark}D 1_1_1 ${from}\n${text}${mark}E 1_1_1 ${offset}\n`;
  };
  const head = (size) => {
    const first = Array.from({ length: 20 }, (_, index) => line(host, startAt, index + 1)).join('');
    return `${mark}D 1_1_1 0\n${first.slice(0, Math.min(size, offset))}${mark}E 1_1_1 ${size}\n`;
  };
  const answer = (ask) => {
    if (mark === '') {
      mark = `\u001e${ask} `;
      return `${mark}H ${Date.now() / 1000} +0000\n`;
    }
    const [verb, , from] = ask.split(' ');
    if (verb === 'l' || verb === 'a') return `${mark}L\n${record()}${mark}E - 0\n`;
    if (verb === 'b') return `${mark}B 1_1_1 0\n`;
    if (verb === 'h') return head(Number(from));
    return verb === 'r' ? data(from) : '';
  };
  channel.on('data', (chunk) => {
    const asks = (asked + chunk).split('\n');
    asked = asks.pop();
    const said = asks.map(answer).join('');
    if (said !== '') channel.write(said);
  });
}

function line(host, startAt, number) {
  const at = new Date(startAt + (number * 1000) / RATE).toISOString();
  return `${at} INFO host=${host} client=10.0.0.1 method=GET path="/buy" status=200 n=${number}\n`;
}

/** Counts lines and holds them against what they must be. */
class Check {
  lines = 0;
  faults = 0;
  late = 0;
  #numbers = new Map();
  #lastTime = '';

  add({ host, text }) {
    this.lines++;
    const number = Number(text.slice(text.lastIndexOf('=') + 1));
    if (number !== (this.#numbers.get(host) ?? 0) + 1) this.faults++;
    this.#numbers.set(host, number);
    const time = text.slice(0, 24);
    if (time < this.#lastTime) this.late++;
    else this.#lastTime = time;
  }
}

async function measure() {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const folder = mkdtempSync(join(tmpdir(), 'kuafu-bench-logs-'));
  const identity = join(folder, 'id');
  writeFileSync(identity, privateKey, { mode: 0o600 });
  const startAt = Date.now() + 15_000 + HOSTS * 50;
  const server = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
    env: { ...process.env, BENCH_KEY: privateKey, BENCH_START: String(startAt) },
  });
  const { port } = await new Promise((resolve) => server.once('message', resolve));
  const publicKey = ssh2.utils.parseKey(privateKey).getPublicSSH().toString('base64');
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ssh-rsa ${publicKey}\n`);
  const logs = Array.from({ length: HOSTS }, (_, index) => {
    const name = `web-${String(index + 1).padStart(3, '0')}`;
    const ssh = {
      address: '127.0.0.1',
      port,
      user: name,
      identityFiles: [identity],
      proxyJump: [],
      hostKeys: 'strict',
      connectTimeoutMs: LOGIN_MS,
    };
    return {
      host: { name, room: 'A', role: 'member', ssh },
      sources: { files: ['/var/log/a.log'], journal: undefined },
    };
  });
  const connections = openConnections({
    knownHostsFiles: [knownHosts],
    newKeysFile: join(folder, 'new_keys'),
    agentSocket: undefined,
    findJumpHost: () => {
      throw new Error('no host of this bench is behind another');
    },
    askPassphrase: async () => undefined,
  });
  const format = prefixFormat(
    logs.map(({ host }) => host.name),
    plain,
  );
  const check = new Check();
  const nowhere = openSync('/dev/null', 'w');
  const stop = new AbortController();
  const sink = async (lines) => {
    let text = '';
    for (const line of lines) {
      check.add(line);
      text += format.line(line);
    }
    if (text !== '') writeSync(nowhere, text);
    return true;
  };
  const dropped = { lines: 0 };
  const events = {
    notice: (host, message) => console.error(`${host}: ${message}`),
    dropped: (_host, lines) => {
      dropped.lines += lines;
    },
  };
  const request = {
    filter: { grep: [], exclude: [], ignoreCase: false },
    lastLines: 0,
    sinceMs: undefined,
    follow: true,
    maxRate: 10_000,
    windowMs: 1000,
    stamps: autoStamps,
  };
  const tail = tailLogs(logs, request, { connections, events, sink, signal: stop.signal });
  await sleep(startAt - Date.now());
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  let peakRss = 0;
  while (check.lines < HOSTS * RATE * SECONDS && performance.now() - began < SECONDS * 5000) {
    await sleep(20);
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
  }
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  stop.abort();
  await tail;
  await connections.close();
  server.kill();
  rmSync(folder, { recursive: true });
  report({ check, dropped, wallMs, cpuMs: (user + system) / 1000, peakRss });
}

function report({ check, dropped, wallMs, cpuMs, peakRss }) {
  const wanted = HOSTS * RATE * SECONDS;
  console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n`);
  console.log(
    '| hosts | lines/s | lines | wall s | share of a core | µs a line | memory MB | not in order |',
  );
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  const cells = [
    HOSTS,
    HOSTS * RATE,
    check.lines,
    (wallMs / 1000).toFixed(1),
    `${((100 * cpuMs) / wallMs).toFixed(0)} %`,
    ((1000 * cpuMs) / check.lines).toFixed(1),
    (peakRss / 1e6).toFixed(0),
    check.late,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  const isHeld =
    check.lines === wanted &&
    check.faults === 0 &&
    dropped.lines === 0 &&
    cpuMs < wallMs &&
    wallMs < SECONDS * 1000 + 5000;
  console.log(
    `\n${check.faults} lost or doubled, ${dropped.lines} dropped; one core keeps up: ${isHeld ? 'yes' : 'no'}`,
  );
  process.exitCode = isHeld ? 0 : 1;
}

if (process.env.BENCH_KEY) serve(process.env.BENCH_KEY, Number(process.env.BENCH_START));
else await measure();
