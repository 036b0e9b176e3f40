import { isAddress, isSameAddress } from '../config/addresses.js';
import type { Config, SshOverrides } from '../config/config-types.js';
import type { Doubt } from '../ssh-config/evaluate.js';
import { type Jump, parseJump } from '../ssh-config/jump.js';
import type { Origin } from '../ssh-config/parse.js';
import { type ClientSettings, clientSettings } from '../ssh-config/settings.js';
import { clientLayer } from './client-layer.js';
import type { HostRole, SshTarget } from './inventory-types.js';

/** Who a target is wanted for. */
export interface TargetOf {
  readonly name: string;
  /** Undefined: a jump host that is no host of ours. */
  readonly room: string | undefined;
  readonly role: HostRole;
  readonly address: string;
  /** A jump host that only ssh_config knows, and what its place in a ProxyJump says of it. */
  readonly jump?: Jump | undefined;
}

/** Where a setting was said. */
export type Source =
  | { readonly kind: 'inventory' } // by the inventory program, of this host
  | { readonly kind: 'room'; readonly room: string } // rooms.X of the configuration
  | { readonly kind: 'ssh' } // the section ssh of the configuration
  | { readonly kind: 'jump' } // in the ProxyJump of the host behind it
  | { readonly kind: 'ssh_config'; readonly origin: Origin }
  | { readonly kind: 'default' };

export type SourcedKey = 'address' | keyof SshOverrides;

/** How a host is reached, and where each part of that was said. */
export interface ExplainedTarget {
  readonly ssh: SshTarget;
  readonly sources: Readonly<Partial<Record<SourcedKey, Source>>>;
  /** What ssh_config says for it and is not followed. */
  readonly doubts: readonly Doubt[];
}

/** One place where settings are said. */
export interface Layer {
  readonly source: (key: keyof SshOverrides) => Source;
  readonly settings: SshOverrides;
}

/**
 * How each host is reached: what the inventory program says about it, over its room, over the `ssh` section, over
 * ssh_config, over the defaults. For a jump host that is none of ours ssh_config comes first: `ssh` is about the hosts.
 */
export function explainTarget(config: Config, of: TargetOf): ExplainedTarget {
  const layers = ownLayers(config, of);
  const client = askClient(config, of, firstOf(layers, 'user')?.value, firstOf(layers, 'port')?.value);
  const ofClient = client && clientLayer(client, config.ssh.knownHosts);
  if (ofClient !== undefined) layers.splice(of.jump === undefined ? layers.length : 1, 0, ofClient);
  const sources: Partial<Record<SourcedKey, Source>> = { address: addressSource(of, client) };
  const pick = <Key extends keyof SshOverrides>(key: Key): SshOverrides[Key] => {
    const found = firstOf(layers, key);
    sources[key] = found?.source ?? { kind: 'default' };
    return found?.value;
  };
  const isOwnAddress = client?.hostName === undefined || isAddress(of.address);
  const jumps = of.jump === undefined ? pick('proxyJump') : ofClient?.settings.proxyJump;
  const ssh: SshTarget = {
    address: isOwnAddress ? of.address : client.hostName.value,
    port: pick('port') ?? (of.jump === undefined ? config.ssh.port : 22),
    user: pick('user') ?? config.ssh.user,
    identityFiles: pick('identityFiles') ?? config.ssh.identityFiles,
    proxyJump: jumpsBefore(of, jumps ?? (of.jump === undefined ? config.ssh.proxyJump : [])),
    // New machines have keys nobody knows yet; for all others a key that is unknown is a reason to stop.
    hostKeys: of.role === 'spare' ? (pick('hostKeys') ?? config.ssh.hostKeys) : 'strict',
    connectTimeoutMs: pick('connectTimeoutMs') ?? config.ssh.connectTimeoutMs,
    ...whereSaid({
      proxyCommand: jumps === undefined ? client?.proxyCommand?.value : undefined,
      refusal: client?.refusal && `${place(client.refusal.origin)}: ${client.refusal.value}`,
      identitiesOnly: pick('identitiesOnly'),
      certificateFiles: pick('certificateFiles'),
      agentSocket: pick('agentSocket'),
      knownHosts:
        firstOf(layers, 'knownHosts')?.value === config.ssh.explicit?.knownHosts
          ? undefined
          : pick('knownHosts'),
      hostKeyAlias: pick('hostKeyAlias'),
      addressFamily: pick('addressFamily'),
      bindAddress: pick('bindAddress'),
    }),
  };
  sources.knownHosts ??= firstOf(layers, 'knownHosts')?.source ?? { kind: 'default' };
  if (client?.proxyCommand !== undefined && ssh.proxyCommand !== undefined)
    sources.proxyJump = { kind: 'ssh_config', origin: client.proxyCommand.origin };
  return {
    ssh,
    sources,
    doubts: client === undefined ? [] : [...client.doubts, ...unusedHostName(of, client)],
  };
}

/** What our own configuration says, the nearest first. Its ports are those of the hosts, and no jump host's. */
function ownLayers(config: Config, { name, room, jump }: TargetOf): Layer[] {
  const said = (settings: SshOverrides | undefined) =>
    settings && jump !== undefined ? { ...settings, port: undefined } : settings;
  const layers: [Source, SshOverrides | undefined][] = [
    [{ kind: 'jump' }, jump && { user: jump.user, port: jump.port }],
    [{ kind: 'inventory' }, jump === undefined ? config.hostSsh?.get(name) : undefined],
    [{ kind: 'room', room: room ?? '' }, room === undefined ? undefined : said(config.rooms.get(room)?.ssh)],
    [{ kind: 'ssh' }, said(config.ssh.explicit)],
  ];
  return layers.flatMap(([source, settings]) =>
    settings === undefined ? [] : [{ source: () => source, settings }],
  );
}

function firstOf<Key extends keyof SshOverrides>(
  layers: readonly Layer[],
  key: Key,
): { readonly value: SshOverrides[Key]; readonly source: Source } | undefined {
  const layer = layers.find(({ settings }) => settings[key] !== undefined);
  return layer && { value: layer.settings[key], source: layer.source(key) };
}

/**
 * A host has its name and its address, and a section of ssh_config for either is for it. An address that is a name itself
 * is what ssh would be given.
 */
function askClient(
  { ssh }: Config,
  { name, address }: TargetOf,
  user: string | undefined,
  port: number | undefined,
): ClientSettings | undefined {
  if (ssh.clientConfig === undefined) return undefined;
  const where = isAddress(address) ? { names: [name], address } : { names: [...new Set([address, name])] };
  return clientSettings(ssh.clientConfig, { ...where, user, port });
}

function addressSource({ address, room, jump }: TargetOf, client: ClientSettings | undefined): Source {
  if (client?.hostName !== undefined && !isAddress(address))
    return { kind: 'ssh_config', origin: client.hostName.origin };
  return jump === undefined ? { kind: 'room', room: room ?? '' } : { kind: 'jump' };
}

function unusedHostName({ address }: TargetOf, { hostName }: ClientSettings): Doubt[] {
  if (hostName === undefined || !isAddress(address) || hostName.value === address) return [];
  const sentence = `HostName ${hostName.value}: the address of the inventory is used`;
  return [{ origin: hostName.origin, sentence, weight: 'shows' }];
}

/** A room's jump host must not be asked to jump over itself. */
function jumpsBefore({ name, address }: TargetOf, jumps: readonly string[]): readonly string[] {
  const self = jumps.findIndex((jump) => {
    const host = parseJump(jump)?.host;
    return host === name || (host !== undefined && isSameAddress(host, address));
  });
  return self === -1 ? jumps : jumps.slice(0, self);
}

/** Without what nobody says: a stored plan stays short. */
function whereSaid<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** `file:line`, as errors name it. */
function place({ file, line }: Origin): string {
  return `${file}:${line}`;
}
