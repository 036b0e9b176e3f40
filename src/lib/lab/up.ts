import { access } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { ROOM_ADDRESSES, ROOMS, SHOP_PORT } from './address-plan.js';
import { awaitBalancers } from './balancers.js';
import { bootHosts } from './boot.js';
import { ensureImage, type ImageProgress } from './image.js';
import { ensureKey } from './keys.js';
import { type Lab, labOf } from './lab.js';
import { takeLabLock } from './lab-lock.js';
import { installPackages, missingPackages, raiseLimits, refuseMissing, requireRoot } from './machine.js';
import { buildNetwork } from './network.js';
import { writeOwnFiles } from './own-files.js';
import { prepareHosts } from './prepare.js';
import { publish } from './published-rules.js';
import { type Readiness, startReadiness } from './readiness.js';
import { awaitRoles } from './ready-roles.js';
import { type LabRecord, writeRecord } from './record.js';
import { ensureLayers } from './role-layers.js';
import { makeInShared } from './shared-folder.js';
import { ensureShopLayer } from './shop-layer.js';
import type { LabView, Stage } from './stage.js';
import type { ToolOptions } from './tool.js';
import { hostsOf } from './topology.js';
import { type Wanted, wantedRecord } from './wanted-record.js';

export interface UpOptions extends Wanted {
  readonly install: boolean;
}

export interface UpResult {
  readonly lab: Lab;
  /** False if everything existed and was running. */
  readonly changed: boolean;
}

const HEALTHY_WITHIN_MS = 120_000;

/**
 * Makes a lab, or completes one: existing parts stay, missing parts are added, hosts that are off are started. It can be
 * interrupted at any point and run again.
 *
 * @throws RefusedError if the machine is not suitable or the lab would shrink; FailedError if a part does not start
 */
export async function up(options: UpOptions, view: LabView, signal: AbortSignal): Promise<UpResult> {
  requireRoot('up', options.name);
  await view.runStages(await installStages(options.install, signal));
  const lock = await takeLabLock(options.name, view.notify, signal);
  try {
    const work = new Work(await wantedRecord(options), { holdFd: lock.fd, signal }, signal);
    await view.runStages(work.stages());
    return { lab: work.lab, changed: work.changed };
  } finally {
    lock.release();
  }
}

async function installStages(install: boolean, signal: AbortSignal): Promise<readonly Stage[]> {
  const missing = await missingPackages();
  if (missing.length === 0) return [];
  if (!install) refuseMissing(missing);
  const title = `install ${missing.join(', ')}`;
  return [{ title, run: () => installPackages(missing, signal) }];
}

/** One run of `up`: its stages share the lab and the record of what changed. */
class Work {
  lab: Lab;
  changed = false;
  readonly #options: ToolOptions;
  readonly #signal: AbortSignal;

  constructor(record: LabRecord, options: ToolOptions, signal: AbortSignal) {
    this.lab = labOf(record);
    this.#options = options;
    this.#signal = signal;
  }

  stages(): readonly Stage[] {
    const { hosts, roles } = this.lab.topology;
    const total = hosts.length;
    return [
      { title: 'image', run: (tell) => this.#image(tell) },
      { title: 'network', run: (tell) => this.#network(tell) },
      { title: 'files', run: (tell) => this.#files(counter(tell, total, 'hosts')) },
      { title: 'boot', run: (tell) => this.#boot(counter(tell, total, 'hosts')) },
      { title: 'shop', run: (tell) => this.#shop(tell) },
      ...(roles.length === 0 ? [] : [{ title: roles.join(', '), run: this.#roles }]),
    ];
  }

  async #image(tell: (text: string) => void): Promise<void> {
    const { record } = this.lab;
    const cached = record.image !== '' && (await isThere(record.image));
    if (cached) tell('there');
    const image = cached ? record.image : await ensureImage(this.#progress(tell));
    const roles = await ensureLayers(image, record.roles, (role) =>
      this.#progress((text) => tell(`${role}: ${text}`)),
    );
    this.lab = labOf({ ...record, image, ...(roles === undefined ? {} : { roles }) });
    // The folders below hold private keys and an operator's ledger.
    await makeInShared(this.lab.paths.hosts, 0o700);
    await writeRecord(this.lab.paths, this.lab.record);
    await raiseLimits();
  }

  #progress(tell: (text: string) => void): ImageProgress {
    return {
      onCached: () => tell('there'),
      onBuild: () => tell('building it from the package sources of this machine; the next lab finds it made'),
      onWait: () => tell('waiting for another kuafu lab up that is building it'),
      signal: this.#signal,
    };
  }

  async #network(tell: (text: string) => void): Promise<void> {
    const wired = await buildNetwork(this.lab.topology, this.#options);
    if (wired.length > 0) this.changed = true;
    tell(wired.length === 0 ? 'there' : `${wired.length} hosts wired`);
  }

  async #files(onHost: () => void): Promise<void> {
    const { paths, record } = this.lab;
    await ensureKey(paths.identity, `kuafu-lab-${this.lab.name}`, this.#options);
    await ensureShopLayer(paths, record.image, this.#options);
    if ((await prepareHosts(this.lab, this.#options, onHost)) > 0) this.changed = true;
    await this.#configure();
  }

  /** Once for each size: the user's later changes to these files stay. */
  async #configure(): Promise<void> {
    const { paths, record } = this.lab;
    const { roles } = this.lab.topology;
    const wanted = { ...record.sizes, ...(roles.length === 0 ? {} : { roles }) };
    if (isDeepStrictEqual(wanted, record.configured) && (await isThere(paths.config))) return;
    await writeOwnFiles(this.lab);
    this.lab = labOf({ ...record, configured: wanted });
    await writeRecord(paths, this.lab.record);
  }

  async #boot(onReady: () => void): Promise<void> {
    await this.#withReadiness(async (readiness) => {
      if ((await bootHosts(this.lab, readiness, this.#signal, onReady)) > 0) this.changed = true;
    });
  }

  async #shop(tell: (text: string) => void): Promise<void> {
    const urls = [
      ...hostsOf(this.lab.topology, 'web').map(({ address }) => `http://${address}:${SHOP_PORT}/healthz`),
      ...ROOMS.map((room) => `http://${ROOM_ADDRESSES[room].entry}/healthz`),
    ];
    await this.#withReadiness(async (readiness) => {
      const wait = (url: string) =>
        readiness.wait({ id: url, kind: 'http', target: url }, HEALTHY_WITHIN_MS, this.#signal);
      await Promise.all(urls.map(wait));
    });
    await awaitBalancers(this.lab, HEALTHY_WITHIN_MS, this.#signal);
    tell('healthy behind both entries');
  }

  readonly #roles = async (tell: (text: string) => void): Promise<void> => {
    await publish(this.lab, this.#options);
    await awaitRoles(this.lab, HEALTHY_WITHIN_MS, this.#signal);
    tell('ready');
  };

  async #withReadiness(work: (readiness: Readiness) => Promise<void>): Promise<void> {
    const readiness = startReadiness(this.lab.name);
    try {
      await work(readiness);
    } finally {
      readiness.close();
    }
  }
}

function counter(tell: (text: string) => void, total: number, what: string): () => void {
  let count = 0;
  return () => {
    count += 1;
    tell(`${count} of ${total} ${what}`);
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
