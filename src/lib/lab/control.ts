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

/** What tests and drills do to the hosts of a lab from outside, where a real room has hands and power switches. */
export interface LabControl {
  readonly lab: Lab;
  state(host: string): Promise<HostState>;
  /** A power cut: nothing is written, nobody says goodbye. */
  powerOff(host: string): Promise<void>;
  /** Switches it on; comes back once it boots, not when it is reachable. */
  powerOn(host: string): Promise<void>;
  /** The host hangs: its kernel answers ping and accepts TCP, its processes do nothing. */
  freeze(host: string): Promise<void>;
  thaw(host: string): Promise<void>;
  /** Speed of all links of the host, in bits a second and each way; undefined: as fast as they go. */
  limitLink(host: string, bitsPerSecond: number | undefined): Promise<void>;
  /** A short command inside the host; see execInHost. */
  exec(host: string, command: readonly string[], input?: string): Promise<ToolResult>;
}

/** @throws RefusedError when there is no lab of this name, or later for a host it does not have */
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
