import { setTimeout as sleep } from 'node:timers/promises';
import { FailedError } from '../errors.js';
import { destroyGroups, setFrozen } from './cgroups.js';
import { execInHost } from './host-exec.js';
import { initOf, startHost } from './host-process.js';
import { hostOf, type Lab, openLab } from './lab.js';
import { limitLinkSpeed } from './link-speed.js';
import { hostPaths } from './paths.js';
import { type HostState, hostState } from './status.js';
import type { ToolResult } from './tool.js';

/** What tests and drills do to the hosts of a lab from outside, like an operator at a real room's power switches. */
export interface LabControl {
  readonly lab: Lab;
  state(host: string): Promise<HostState>;
  /** A power cut: nothing is written, no connection is closed. */
  powerOff(host: string): Promise<void>;
  /** Switches the host on; returns when it boots, not when it can be reached. */
  powerOn(host: string): Promise<void>;
  /** The host hangs: its kernel answers ping and accepts TCP, its processes do nothing. */
  freeze(host: string): Promise<void>;
  thaw(host: string): Promise<void>;
  /** Speed of all links of the host, in bits a second, for each direction; undefined: no limit. */
  limitLink(host: string, bitsPerSecond: number | undefined): Promise<void>;
  /** A short command inside the host; see execInHost. */
  exec(host: string, command: readonly string[], input?: string): Promise<ToolResult>;
}

/** @throws RefusedError if there is no lab of this name; later also for a host that the lab does not have */
export async function controlLab(name: string): Promise<LabControl> {
  const lab = await openLab(name);
  const known = (host: string) => hostOf(lab, host).name;
  return {
    lab,
    state: (host) => hostState(name, known(host)),
    powerOff: (host) => powerOff(name, known(host)),
    powerOn: (host) => powerOn(lab, known(host)),
    freeze: (host) => setFrozen(name, known(host), true),
    thaw: (host) => setFrozen(name, known(host), false),
    limitLink: (host, bitsPerSecond) => limitLinkSpeed(name, hostOf(lab, host), bitsPerSecond),
    exec: (host, command, input) =>
      execInHost(name, known(host), command, input === undefined ? {} : { input }),
  };
}

async function powerOff(lab: string, host: string): Promise<void> {
  await destroyGroups(lab, host);
}

async function powerOn(lab: Lab, host: string): Promise<void> {
  if ((await initOf(lab.name, host)) !== undefined) return;
  const { ended } = await startHost(lab.name, host, hostPaths(lab.paths, host));
  const died = ended.then(() => {
    throw new FailedError(`${host} of lab ${lab.name} ended while it was booting`);
  });
  await Promise.race([booted(lab.name, host), died]);
}

async function booted(lab: string, host: string): Promise<void> {
  while ((await initOf(lab, host)) === undefined) await sleep(20);
}
