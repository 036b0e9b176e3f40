import type { Place, PlaceOf } from '../config/setting-places.js';
import type { ExplainedTarget } from '../config/ssh-target.js';
import type { SourcedKey } from '../config/target-layers.js';
import type { Host, SshTarget } from '../names/host.js';
import { parseJump } from '../ssh-config/jump.js';
import type { Inventory } from './inventory.js';

/** A jump host, with the settings that are used to reach it. */
export interface DescribedJump {
  /** As the list of jump hosts has it. */
  readonly written: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
}

/** How kuafu reaches one host, and where each setting comes from, similar to the output of `ssh -G`. */
export interface HostDescription {
  readonly host: string;
  readonly room: string;
  readonly role: Host['role'];
  readonly ssh: SshTarget;
  /** Files in which host keys are looked up, in order. */
  readonly knownHosts: readonly string[];
  /** The jump hosts, nearest to us first. */
  readonly jumps: readonly DescribedJump[];
  readonly places: Readonly<Partial<Record<SourcedKey, Place>>>;
  /** Settings of ssh_config for this host that kuafu does not follow. */
  readonly notes: readonly { readonly file: string; readonly line: number; readonly sentence: string }[];
}

/** Describes hosts of an inventory. @param usual lists of host keys for hosts without their own */
export function describeHosts(
  hosts: readonly Host[],
  inventory: Inventory,
  placeOf: PlaceOf,
  usual: readonly string[],
): readonly HostDescription[] {
  return hosts.map((host) => {
    const { ssh, sources, doubts } = inventory.explain(host);
    return {
      host: host.name,
      room: host.room,
      role: host.role,
      ssh,
      knownHosts: ssh.knownHosts ?? usual,
      jumps: jumpsOf(host, ssh, inventory),
      places: placesOf(host, sources, placeOf),
      notes: doubts.map(({ origin: { file, line }, sentence }) => ({ file, line, sentence })),
    };
  });
}

function jumpsOf(host: Host, { proxyJump }: SshTarget, inventory: Inventory): DescribedJump[] {
  return proxyJump.flatMap((written) => {
    const jump = parseJump(written);
    if (jump === undefined) return [];
    const { address, port, user } = inventory.jumpHost(jump, host).ssh;
    return [{ written, address, port, user }];
  });
}

function placesOf(
  host: Host,
  sources: ExplainedTarget['sources'],
  placeOf: PlaceOf,
): HostDescription['places'] {
  const keys = Object.keys(sources) as SourcedKey[];
  return Object.fromEntries(keys.map((key) => [key, placeOf(host, key, sources[key])]));
}
