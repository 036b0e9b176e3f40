import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { controlLab, type LabControl } from '../../src/lib/lab/control.js';
import { runTool } from '../../src/lib/lab/tool.js';
import type { HostResult, OperationResult } from '../../src/lib/record/result.js';
import { type Ended, Kuafu } from './kuafu.js';
import { LabBalancer } from './lab-balancer.js';
import { type Load, putUnderLoad } from './load.js';

export type ConfigEdit = (config: {
  ledger: string;
  ssh: Record<string, unknown>;
  apps: {
    shop: {
      service: string;
      files: string[];
      exclude?: string[];
      health: { within: string; every: string };
      traffic: { backend: string };
      env: { common: Record<string, string> };
    };
  };
}) => void;

export interface ScaleOptions {
  readonly app?: string;
  readonly group?: string;
  readonly idc?: string;
  readonly count?: number | string;
  readonly templateIp?: string;
  readonly init?: string;
  readonly start?: boolean;
  /** More flags, as typed. */
  readonly flags?: readonly string[];
}

export interface ScaleRun extends Ended {
  readonly result: OperationResult & { readonly id: string; readonly hosts: readonly HostResult[] };
}

// What an end user asks room B.
const ENTRY = 'http://203.0.113.102/whoami';
const NOT_RUN = { id: '', state: 'refused', message: '', wanted: 0, done: 0, hosts: [], elapsedMs: 0 };

// Undoes, on a spare, whatever an expansion or a test did to it.
const CLEAN = `
umount /var/lib/kuafu 2>/dev/null
[ -e /root/.ssh/away ] && mv /root/.ssh/away /root/.ssh/authorized_keys
rm -f /usr/local/bin/uname
systemctl disable --now --quiet shop.service 2>/dev/null
rm -rf /opt/* /etc/shop /etc/systemd/system/shop.service* /var/lib/shop /var/log/shop /var/lib/kuafu
systemctl daemon-reload; systemctl reset-failed
id shop >/dev/null 2>&1 && userdel shop
getent group shop >/dev/null && groupdel shop
true`;

/**
 * The lab that the test run has booted, seen from its control host; every test gets a ledger and a configuration of
 * its own, and the spares it used are bare again after it.
 */
export class LabRoom {
  #control: LabControl | undefined;
  #folder = '';
  #config = '';
  readonly #frozen = new Set<string>();
  readonly #off = new Set<string>();
  readonly #cut = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #shaped = new Set<string>();

  async open(): Promise<void> {
    const labConfig = process.env.KUAFU_CONFIG;
    if (!labConfig)
      throw new Error('KUAFU_CONFIG is not set: run the lab tests with npm test, or inside kuafu lab run');
    this.#control = await controlLab(basename(dirname(labConfig)));
    this.#folder = await mkdtemp(join(tmpdir(), 'kuafu-lab-test-'));
    this.#config = labConfig;
    this.#config = await this.withConfig(() => undefined);
  }

  async close(): Promise<void> {
    for (const host of [...this.#frozen]) await this.thaw(host);
    for (const host of [...this.#off]) await this.#powerOn(host);
    for (const host of [...this.#shaped]) await this.limitLink(host, undefined);
    for (const host of [...this.#cut]) await this.mendLink(host);
    const used = (await this.#used()).filter((host) => host.startsWith('new-'));
    await Promise.all(used.map((host) => this.inHost(host, CLEAN)));
    for (const host of ['lb-a', 'lb-b']) await this.#balancer(host).removeSpares();
    this.#touched.clear();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A copy of the lab's configuration, with a ledger of its own beside it, edited. */
  async withConfig(edit: ConfigEdit): Promise<string> {
    const config = parse(await readFile(this.#config, 'utf8'));
    config.ledger = `sqlite:${join(this.#folder, 'ledger.db')}`;
    config.ssh.connectTimeout = '10s';
    config.apps.shop.health.every = '200ms';
    edit(config);
    const file = join(await mkdtemp(join(this.#folder, 'config-')), 'kuafu.config.yaml');
    await writeFile(file, stringify(config));
    return file;
  }

  start(words: readonly string[], config = this.#config, env: Record<string, string> = {}): Kuafu {
    return new Kuafu(words, { ...env, KUAFU_CONFIG: config });
  }

  async kuafu(words: readonly string[], config = this.#config): Promise<Ended> {
    return await this.start(words, config).ended;
  }

  scaleWords(options: ScaleOptions): string[] {
    const {
      app = 'shop',
      group = 'web',
      idc = 'B',
      count = 1,
      templateIp = '198.18.1.11',
      init,
      start = false,
      flags = [],
    } = options;
    return [
      'scale',
      `--app=${app}`,
      `--group=${group}`,
      `--idc=${idc}`,
      `--count=${count}`,
      `--template-ip=${templateIp}`,
      ...(init === undefined ? [] : [`--init=${init}`]),
      ...(start ? ['--start'] : []),
      ...flags,
      '--yes',
    ];
  }

  async scale(options: ScaleOptions, config = this.#config): Promise<ScaleRun> {
    return withResult(await this.kuafu([...this.scaleWords(options), '--json'], config));
  }

  async resume(id: string, ...flags: readonly string[]): Promise<ScaleRun> {
    return withResult(await this.kuafu(['ops', 'resume', id, '--json', ...flags]));
  }

  /** Runs a shell script inside a host, not through its network; throws when it fails. */
  async inHost(host: string, script: string): Promise<string> {
    this.#touched.add(host);
    const result = await this.#lab().exec(host, ['sh', '-c', script]);
    return result.stdout;
  }

  async freeze(host: string): Promise<void> {
    this.#frozen.add(host);
    await this.#lab().freeze(host);
  }

  async thaw(host: string): Promise<void> {
    await this.#lab().thaw(host);
    this.#frozen.delete(host);
  }

  async powerOff(host: string): Promise<void> {
    this.#off.add(host);
    await this.#lab().powerOff(host);
  }

  /** Bits a second, each way; undefined: as fast as it goes. */
  async limitLink(host: string, bitsPerSecond: number | undefined): Promise<void> {
    if (bitsPerSecond === undefined) this.#shaped.delete(host);
    else this.#shaped.add(host);
    await this.#lab().limitLink(host, bitsPerSecond);
  }

  /** Pulls the host's cable out of its switch: nothing is said to either side. */
  async cutLink(host: string): Promise<void> {
    this.#cut.add(host);
    await this.#setPort(host, 'down');
  }

  async mendLink(host: string): Promise<void> {
    await this.#setPort(host, 'up');
    this.#cut.delete(host);
  }

  /** Makes kuafu believe that it saw another key on this host before. */
  async recordWrongHostKey(host: string): Promise<void> {
    const address = this.#lab().lab.topology.hosts.find(({ name }) => name === host)?.address;
    const otherKey = (await this.inHost('web-a-01', 'cat /etc/ssh/ssh_host_ed25519_key.pub'))
      .split(' ')
      .slice(0, 2)
      .join(' ');
    await appendFile(join(this.#folder, 'accepted_host_keys'), `${host},${address} ${otherKey}\n`);
  }

  /** Makes the shop misbehave on one host alone, before it is installed there. */
  async breakService(host: string, fault: string): Promise<void> {
    const folder = '/etc/systemd/system/shop.service.d';
    await this.inHost(
      host,
      `mkdir -p ${folder} && printf '[Service]\\nEnvironment=SHOP_FAULT=${fault}\\n' > ${folder}/fault.conf`,
    );
  }

  /** How often the shop was started on a host, by its journal. */
  async serviceStarts(host: string, sinceSeconds = 0): Promise<number> {
    const count = `journalctl --unit=shop.service --since=@${sinceSeconds} --output=cat --no-pager | grep -c '^Started ' || true`;
    return Number(await this.inHost(host, count));
  }

  /** Hosts that the balancer of room B sees up, in traffic. */
  async serversUp(): Promise<string[]> {
    return await this.#balancer('lb-b').hostsUp();
  }

  /** Hosts that answer an end user at the entry of room B. */
  async answering(): Promise<string[]> {
    const hosts = new Set<string>();
    for (let request = 0; request < 80; request++) {
      const answer = await fetch(ENTRY, { headers: { connection: 'close' } });
      hosts.add(((await answer.json()) as { host: string }).host);
    }
    return [...hosts];
  }

  /** All that is on disk of the ledger, as text. */
  async ledgerText(): Promise<string> {
    const files = ['ledger.db', 'ledger.db-wal'].map((name) =>
      readFile(join(this.#folder, name), 'latin1').catch(() => ''),
    );
    return (await Promise.all(files)).join('');
  }

  async resources(state: string): Promise<readonly { host: string }[]> {
    const { stdout } = await this.kuafu(['resource', 'list', '--json']);
    return JSON.parse(stdout).hosts.filter((row: { state: string }) => row.state === state);
  }

  async resourcesFree(): Promise<number> {
    return (await this.resources('free')).length;
  }

  /** Hosts that an expansion or a test has touched. */
  async #used(): Promise<string[]> {
    const { stdout } = await this.kuafu(['resource', 'list', '--json']);
    const pool: { host: string; state: string }[] = JSON.parse(stdout).hosts;
    const taken = pool.flatMap(({ host, state }) => (state === 'free' ? [] : [host]));
    return [...new Set([...taken, ...this.#touched])];
  }

  async #setPort(host: string, state: 'up' | 'down'): Promise<void> {
    const { name, topology } = this.#lab().lab;
    const room = topology.hosts.find((each) => each.name === host)?.room?.toLowerCase();
    const namespace = `--net=/run/netns/kuafu.${name}.room-${room}`;
    await runTool('nsenter', [namespace, 'ip', 'link', 'set', host, state]);
  }

  async #powerOn(host: string): Promise<void> {
    await this.#lab().powerOn(host);
    this.#off.delete(host);
    await this.inHost(
      host,
      'for i in $(seq 200); do systemctl is-active --quiet ssh.service && exit 0; sleep 0.1; done',
    );
  }

  /** Asks the end user's question over and over until the returned function is called; that gives every status, 0 for no answer. */
  keepAsking(): () => Promise<readonly number[]> {
    const statuses: number[] = [];
    let stopped = false;
    const askers = Array.from({ length: 4 }, async () => {
      while (!stopped) {
        const answer = await fetch(ENTRY, { headers: { connection: 'close' } }).catch(() => undefined);
        const body = await answer?.text().catch(() => undefined);
        statuses.push(body === undefined ? 0 : (answer?.status ?? 0));
      }
    });
    return async () => {
      stopped = true;
      await Promise.all(askers);
      return statuses;
    };
  }

  /** So many requests that take so long, all at once; gives their statuses, 0 for no answer. */
  async askSlowly(count: number, ms: number): Promise<readonly number[]> {
    const ask = () => fetch(new URL(`/slow?ms=${ms}`, ENTRY)).then((answer) => answer.status);
    return await Promise.all(Array.from({ length: count }, () => ask().catch(() => 0)));
  }

  /** Users of room B at work until the returned function is called; see load.ts. */
  putUnderLoad(): () => Promise<Load> {
    return putUnderLoad(new URL(ENTRY).origin);
  }

  /** Takes the servers of hosts out of the backend of room B, or puts them back in. */
  async setServers(hosts: readonly string[], state: 'maint' | 'ready'): Promise<void> {
    await this.#balancer('lb-b').set(hosts, state);
  }

  #balancer(host: string): LabBalancer {
    return new LabBalancer(this.#lab(), host);
  }

  #lab(): LabControl {
    if (!this.#control) throw new Error('open() was not awaited');
    return this.#control;
  }
}

function withResult(run: Ended): ScaleRun {
  const line = run.stdout.trim().split('\n').at(-1) ?? '';
  const document = line.startsWith('{') ? JSON.parse(line) : {};
  return { ...run, result: document.kind === 'kuafu.operation' ? document : NOT_RUN };
}
