import type { Place, PlaceOf } from '../config/setting-places.js';
import type { ExplainedTarget } from '../config/ssh-target.js';
import type { SourcedKey } from '../config/target-layers.js';
import type { Host, SshTarget } from '../names/host.js';
import { parseJump } from '../ssh-config/jump.js';
import type { Inventory } from './inventory.js';

/** A jump host as it is reached in the end. */
export interface DescribedJump {
  /** As the list of jump hosts has it. */
  readonly written: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
}

/** How kuafu reaches one host, and where each part of that was said: what `ssh -G` is to ssh. */
export interface HostDescription {
  readonly host: string;
  readonly room: string;
  readonly role: Host['role'];
  readonly ssh: SshTarget;
  /** Lists of host keys, in the order in which they are read. */
  readonly knownHosts: readonly string[];
  /** Nearest to us first. */
  readonly jumps: readonly DescribedJump[];
  readonly places: Readonly<Partial<Record<SourcedKey, Place>>>;
  /** What ssh_config says for it and is not followed. */
  readonly notes: readonly { readonly file: string; readonly line: number; readonly sentence: string }[];
}

/** Describes hosts of an inventory. @param usual lists of host keys of hosts that have none of their own */
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
