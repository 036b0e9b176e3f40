import { isAddress, isSameAddress } from '../names/addresses.js';
import type { HostRole, SshTarget } from '../names/host.js';
import type { Doubt } from '../ssh-config/doubt.js';
import { type Jump, parseJump } from '../ssh-config/jump.js';
import type { Origin } from '../ssh-config/parse.js';
import { type ClientSettings, clientSettings } from '../ssh-config/settings.js';
import { clientLayer } from './client-layer.js';
import type { Config, SshOverrides } from './config-types.js';
import { type Layer, Layers, type Source, type SourcedKey } from './target-layers.js';

/** The host for which a target is needed. */
export interface TargetOf {
  readonly name: string;
  /** Undefined: a jump host of a host without a room. */
  readonly room: string | undefined;
  readonly role: HostRole;
  readonly address: string;
  /** The settings from its place in a ProxyJump. */
  readonly jump?: Jump | undefined;
  /** A jump host that is not in the configuration: only ssh_config knows it. */
  readonly isForeign?: boolean;
}

/** How a host is reached, and where each setting comes from. */
export interface ExplainedTarget {
  readonly ssh: SshTarget;
  readonly sources: Readonly<Partial<Record<SourcedKey, Source>>>;
  /** Settings of ssh_config for this host that kuafu does not follow. */
  readonly doubts: readonly Doubt[];
}

/**
 * How each host is reached. Settings of the inventory program override those of the room; these override the `ssh` section, then
 * ssh_config, then the defaults. For a jump host that is not in the configuration, ssh_config comes first, because the `ssh`
 * section is about the hosts.
 */
export function explainTarget(config: Config, of: TargetOf): ExplainedTarget {
  const ours = new Layers(ownLayers(config, of));
  const client = askClient(config, of, ours.first('user')?.value, ours.first('port')?.value);
  const ofClient = client && clientLayer(client, config.ssh.knownHosts);
  const layers = ofClient === undefined ? ours : ours.with(ofClient, of.isForeign ? 'second' : 'last');
  const ssh = targetFrom(config, of, layers, client);
  const sources = { ...layers.sources, address: addressSource(of, client) };
  if (client?.proxyCommand !== undefined && ssh.proxyCommand !== undefined)
    sources.proxyJump = { kind: 'ssh_config', origin: client.proxyCommand.origin };
  return { ssh, sources, doubts: client === undefined ? [] : [...client.doubts, ...overruled(of, client)] };
}

function targetFrom(
  { ssh: defaults, rooms }: Config,
  of: TargetOf,
  layers: Layers,
  client: ClientSettings | undefined,
): SshTarget {
  const jumps = layers.pick('proxyJump');
  const gateway = of.room === undefined ? undefined : rooms.get(of.room)?.gateway;
  const outOfBand = gateway?.host === of.name ? gateway.outOfBand : undefined;
  const knownHosts = layers.pick('knownHosts');
  const hostKeys = layers.pick('hostKeys') ?? defaults.hostKeys;
  return {
    address: client?.hostName === undefined || isAddress(of.address) ? of.address : client.hostName.value,
    port: layers.pick('port') ?? (of.isForeign ? 22 : defaults.port),
    user: layers.pick('user') ?? defaults.user,
    identityFiles: layers.pick('identityFiles') ?? defaults.identityFiles,
    proxyJump: jumpsBefore(of, jumps ?? (of.isForeign ? [] : defaults.proxyJump), outOfBand),
    // New machines have unknown keys; for all other hosts an unknown key is a reason to stop.
    hostKeys: of.role === 'spare' ? hostKeys : 'strict',
    connectTimeoutMs: layers.pick('connectTimeoutMs') ?? defaults.connectTimeoutMs,
    ...whereSaid({
      proxyCommand: jumps === undefined ? client?.proxyCommand?.value : undefined,
      refusal: client?.refusal && `${place(client.refusal.origin)}: ${client.refusal.value}`,
      identitiesOnly: layers.pick('identitiesOnly'),
      certificateFiles: layers.pick('certificateFiles'),
      agentSocket: layers.pick('agentSocket'),
      // All connections read the lists of our own configuration anyway.
      knownHosts: knownHosts === defaults.explicit?.knownHosts ? undefined : knownHosts,
      hostKeyAlias: layers.pick('hostKeyAlias'),
      addressFamily: layers.pick('addressFamily'),
      bindAddress: layers.pick('bindAddress'),
    }),
  };
}

/**
 * Settings of our own configuration, the most specific first. The ports and jump hosts there are for hosts, not for a foreign
 * jump host.
 */
function ownLayers(config: Config, { name, room, jump, isForeign }: TargetOf): Layer[] {
  const said = (settings: SshOverrides | undefined) =>
    settings && isForeign ? { ...settings, port: undefined, proxyJump: undefined } : settings;
  const layers: [Source, SshOverrides | undefined][] = [
    [{ kind: 'jump' }, { user: jump?.user, port: jump?.port }],
    [{ kind: 'inventory' }, isForeign ? undefined : config.hostSsh?.get(name)],
    [{ kind: 'room', room: room ?? '' }, room === undefined ? undefined : said(config.rooms.get(room)?.ssh)],
    [{ kind: 'ssh' }, said(config.ssh.explicit)],
  ];
  return layers.flatMap(([source, settings]) =>
    settings === undefined ? [] : [{ source: () => source, settings }],
  );
}

/**
 * A host has a name and an address, and a section of ssh_config for either applies to it. An address that is itself a name comes
 * first, because ssh would get it.
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

function addressSource({ address, room, isForeign }: TargetOf, client: ClientSettings | undefined): Source {
  if (client?.hostName !== undefined && !isAddress(address))
    return { kind: 'ssh_config', origin: client.hostName.origin };
  return isForeign ? { kind: 'jump' } : { kind: 'room', room: room ?? '' };
}

/** Settings of ssh_config that kuafu overrules. */
function overruled(
  { address, role }: TargetOf,
  { hostName, strictHostKeyChecking: strict }: ClientSettings,
): Doubt[] {
  const doubts: Doubt[] = [];
  if (hostName !== undefined && isAddress(address) && hostName.value !== address) {
    const sentence = `HostName ${hostName.value}: the address of the inventory is used`;
    doubts.push({ origin: hostName.origin, sentence, weight: 'shows' });
  }
  const isLax = strict?.value === 'no' || (strict?.value === 'accept-new' && role !== 'spare');
  if (strict !== undefined && isLax) {
    const sentence = `StrictHostKeyChecking ${strict.value}: a key that nobody knows is refused`;
    doubts.push({ origin: strict.origin, sentence, weight: 'shows' });
  }
  return doubts;
}

/** A room's jump host must not be reached through itself, by whichever of its names and addresses. */
function jumpsBefore(
  { name, address }: TargetOf,
  jumps: readonly string[],
  outOfBand = address,
): readonly string[] {
  const self = jumps.findIndex((jump) => {
    const host = parseJump(jump)?.host;
    if (host === undefined) return false;
    return host === name || isSameAddress(host, address) || isSameAddress(host, outOfBand);
  });
  return self === -1 ? jumps : jumps.slice(0, self);
}

/** Without unset values: a stored plan stays short. */
function whereSaid<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** `file:line`, as errors name it. */
function place({ file, line }: Origin): string {
  return `${file}:${line}`;
}
