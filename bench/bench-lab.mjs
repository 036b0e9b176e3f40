// The lab of a benchmark: raised for it alone, and taken down in every case, after Ctrl-C too.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { expectMachine } from './bench-machine.mjs';
import { expectDone, Processes } from './bench-process.mjs';

const kuafu = fileURLToPath(new URL('../bin/kuafu.js', import.meta.url));

export const BALANCER = 'lb-b';
export const TEMPLATE = { name: 'web-a-01', address: '198.18.1.11' };

// Undoes, on a spare, whatever an expansion or a benchmark did to it.
const CLEAN = `
umount /var/lib/kuafu 2>/dev/null
systemctl disable --now --quiet shop.service 2>/dev/null
rm -rf /opt/* /etc/shop /etc/systemd/system/shop.service* /var/lib/shop /var/log/shop /var/lib/kuafu /root/bench-key
systemctl daemon-reload; systemctl reset-failed
id shop >/dev/null 2>&1 && userdel shop
getent group shop >/dev/null && groupdel shop
true`;

export function scaleWords(count) {
  const words = ['scale', '--app=shop', '--group=web', '--idc=B', `--template-ip=${TEMPLATE.address}`];
  return [...words, `--count=${count}`, '--yes'];
}

/**
 * Does some work in a lab of its own and sets the exit code: 1 when `work` says that a bound was not held, 130 after Ctrl-C.
 * @param roles services beside the shop, as `kuafu lab up --with` takes them
 * @param tools programs of this machine that the work needs, and the Debian package of each
 */
export async function withLab({ name, spares, roles = [], tools = {} }, work) {
  expectMachine(tools);
  const lab = new BenchLab(name);
  const interrupt = () => lab.interrupt();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  try {
    await lab.up(spares, roles);
    process.exitCode = (await work(lab)) ? 0 : 1;
  } catch (error) {
    if (!lab.isInterrupted) throw error;
    process.exitCode = 130;
  } finally {
    await lab.down();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupt);
  }
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Names of the first spares of room B. */
export function sparesOfB(count) {
  return Array.from({ length: count }, (_, index) => `new-b-${String(index + 1).padStart(2, '0')}`);
}

class BenchLab {
  name;
  /** On this machine, for what a run needs; goes away with the lab. */
  folder = mkdtempSync(join(tmpdir(), 'kuafu-bench-'));
  #control;
  #runs = 0;
  #processes = new Processes();

  constructor(name) {
    this.name = name;
  }

  async up(spares, roles) {
    await this.#kuafu(['lab', 'down', '--name', this.name]);
    console.error(`lab ${this.name}: booting`);
    const words = ['lab', 'up', '--name', this.name, '--hosts', '1', '--spare', `A=0,B=${spares}`];
    await this.#kuafu([...words, ...roles.flatMap((role) => ['--with', role])]);
    const { controlLab } = await import('./library.js');
    this.#control = await controlLab(this.name);
    this.#writeSshFiles(
      await Promise.all(
        this.#control.lab.topology.hosts
          .filter(({ kind }) => kind === 'spare' || kind === 'web' || kind === 'balancer')
          .map(async ({ name, address }) => ({
            name,
            address,
            key: await this.inHost(name, 'cat /etc/ssh/ssh_host_ed25519_key.pub'),
          })),
      ),
    );
  }

  async down() {
    this.#processes.goDown();
    await this.#kuafu(['lab', 'down', '--name', this.name]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  get isInterrupted() {
    return this.#processes.isInterrupted;
  }

  interrupt() {
    console.error(`lab ${this.name}: going down`);
    this.#processes.interrupt();
  }

  get identity() {
    return this.#control.lab.paths.identity;
  }

  /** ssh_config(5) by which OpenSSH reaches the hosts: strict host keys, and the key exchange that kuafu uses. */
  get sshConfig() {
    return join(this.folder, 'ssh_config');
  }

  addressOf(name) {
    return this.#control.lab.topology.hosts.find((host) => host.name === name).address;
  }

  /** The lab's configuration with a new ledger, edited. Every spare is free in it. */
  newConfig(edit = () => undefined) {
    this.#runs += 1;
    const folder = join(this.folder, `run-${this.#runs}`);
    mkdirSync(folder);
    const config = parse(readFileSync(this.#control.lab.paths.config, 'utf8'));
    config.ledger = `sqlite:${join(folder, 'ledger.db')}`;
    edit(config);
    const file = join(folder, 'kuafu.config.yaml');
    writeFileSync(file, stringify(config));
    return file;
  }

  /** Bits a second of all links of these hosts, each way. */
  async shape(hosts, bitsPerSecond) {
    await Promise.all(hosts.map((host) => this.#control.limitLink(host, bitsPerSecond)));
  }

  async powerOff(host) {
    await this.#control.powerOff(host);
  }

  /** Runs a shell script inside a host, not through its network; gives its stdout. */
  async inHost(host, script) {
    this.#processes.expectGoingOn();
    const { exitCode, stdout, stderr } = await this.#control.exec(host, ['sh', '-c', script]);
    if (exitCode !== 0) throw new Error(`${host}: ${script} ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** Makes spares bare again, and takes all of them out of the balancer. */
  async clean(hosts) {
    await Promise.all(hosts.map((host) => this.inHost(host, CLEAN)));
    for (const { name } of await this.serversOfB()) {
      if (!name.startsWith('new-')) continue;
      const id = `shop/${name}`;
      await this.#balancer(`set server ${id} state maint; shutdown sessions server ${id}; del server ${id}`);
    }
  }

  /** What room B's balancer has in the shop's backend; `isUp`: it sees it healthy and sends it requests. */
  async serversOfB() {
    const rows = (await this.#balancer('show servers state shop')).split('\n').map((line) => line.split(' '));
    return rows
      .filter(([, backend]) => backend === 'shop')
      .map((row) => ({ name: row[3], isUp: row[5] === '2' && row[6] === '0' }));
  }

  async #balancer(command) {
    return await this.inHost(BALANCER, `printf '%s\\n' '${command}' | nc -N -U /run/haproxy/admin.sock`);
  }

  /** Digest of what is below a folder of a host: names, modes, owners, times and content. */
  async digestOf(host, folder) {
    return (await this.inHost(host, `tar -c --sort=name -C ${folder} . | sha256sum`)).slice(0, 64);
  }

  /** A kuafu command on the lab's control host; gives the documents it prints. A failed expansion is one too. */
  async kuafuJson(words, config) {
    const line = [process.execPath, kuafu, ...words, '--json', '--config', config];
    const { code, stdout, stderr } = await this.inLab(line);
    const documents = stdout.startsWith('{')
      ? stdout
          .trim()
          .split('\n')
          .map((text) => JSON.parse(text))
      : [];
    if (documents[0] === undefined || documents[0].kind === 'kuafu.error')
      throw new Error(`kuafu ${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return documents;
  }

  /** An expansion of room B by so many hosts, and when the copies of it ended; see copiesIn. */
  async scale(count, config, more = []) {
    const [document] = await this.kuafuJson([...scaleWords(count), ...more], config);
    const events = await this.kuafuJson(['ops', 'show', document.id, '--events'], config);
    return { document, copies: copiesIn(events) };
  }

  /** A command on the lab's control host, as it ended. */
  async inLab(words, env = {}) {
    return await this.#processes.run([kuafu, 'lab', 'run', '--name', this.name, '--', ...words], env);
  }

  /**
   * A line for bash on the control host: seconds of wall time, and of CPU (user and system) of it and all processes it waited
   * for, by bash's `time`.
   */
  async timed(line, env = {}) {
    const out = join(this.folder, 'out');
    const script = `TIMEFORMAT='%R %U %S'; time { ${line}; } >${out} 2>&1`;
    const ended = await this.inLab(['bash', '-c', script], env);
    const { stderr } = expectDone(ended, () => readFileSync(out, 'utf8').slice(-3000));
    const [wall, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
    return { wall, cpu: user + system };
  }

  async #kuafu(words) {
    expectDone(await this.#processes.run([kuafu, ...words]));
  }

  #writeSshFiles(hosts) {
    const known = join(this.folder, 'known_hosts');
    const lines = hosts.map(
      ({ name, address, key }) => `${name},${address} ${key.split(' ').slice(0, 2).join(' ').trim()}`,
    );
    writeFileSync(known, `${lines.join('\n')}\n`);
    const options = [
      'User root',
      `IdentityFile ${this.identity}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${known}`,
      'GlobalKnownHostsFile /dev/null',
      'StrictHostKeyChecking yes',
      'UpdateHostKeys no',
      'BatchMode yes',
      'LogLevel ERROR',
      'KexAlgorithms curve25519-sha256',
    ];
    writeFileSync(this.sshConfig, `${options.join('\n')}\n`);
  }
}

/** When the copies of an operation ended, in milliseconds since the first began, by host; undefined for one that failed. */
function copiesIn(events) {
  const copies = events.filter(({ step, undo }) => step === 'copy' && !undo);
  const begun = Math.min(
    ...copies.filter(({ type }) => type === 'step-started').map(({ at }) => Date.parse(at)),
  );
  const ended = copies.filter(({ type, result }) => type === 'step-finished' && result.status === 'done');
  return new Map(ended.map(({ host, at }) => [host, Date.parse(at) - begun]));
}
