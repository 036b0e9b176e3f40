import type { Config, SshOverrides } from '../config/config-types.js';
import type { HostRole, SshTarget } from './inventory-types.js';
import { parseSshClientConfig, type SshClientLookup, type SshClientSettings } from './ssh-client-config.js';

/** Who a target is wanted for. */
export interface TargetOf {
  readonly name: string;
  /** Undefined: a jump host that only ssh_config knows. */
  readonly room: string | undefined;
  readonly role: HostRole;
  readonly address: string;
}

type Merge = (of: TargetOf) => SshTarget;

/**
 * How each host is reached: what the inventory program says about it, over its room, over the `ssh` section, over
 * ssh_config, over the defaults. ssh_config is asked by the host's name, and for what that leaves open by its address.
 */
export function targetMerger(config: Config, lookup: SshClientLookup | undefined): Merge {
  return (of) => {
    const client = lookup === undefined ? undefined : { ...lookup(of.address), ...given(lookup(of.name)) };
    const layers = [
      config.hostSsh?.get(of.name),
      of.room === undefined ? undefined : config.rooms.get(of.room)?.ssh,
      config.ssh.explicit,
      client === undefined ? undefined : clientOverrides(client),
    ];
    const pick = <Key extends keyof SshOverrides>(key: Key) =>
      layers.find((layer) => layer?.[key] !== undefined)?.[key] ?? config.ssh[key];
    const jumps = layers.find((layer) => layer?.proxyJump !== undefined)?.proxyJump;
    return {
      address: of.address,
      port: pick('port') ?? config.ssh.port,
      user: pick('user') ?? config.ssh.user,
      identityFiles: pick('identityFiles') ?? config.ssh.identityFiles,
      proxyJump: jumpsBefore(of, jumps ?? config.ssh.proxyJump),
      // New machines have keys nobody knows yet; for all others a key that is unknown is a reason to stop.
      hostKeys: of.role === 'spare' ? (pick('hostKeys') ?? config.ssh.hostKeys) : 'strict',
      connectTimeoutMs: pick('connectTimeoutMs') ?? config.ssh.connectTimeoutMs,
      proxyCommand: jumps === undefined ? client?.proxyCommand : undefined,
    };
  };
}

/** The lookup of the configuration's ssh_config, if it has one. */
export function sshClientLookup({ ssh }: Config): SshClientLookup | undefined {
  return ssh.clientConfig && parseSshClientConfig(ssh.clientConfig.text, ssh.clientConfig.home);
}

/** A room's jump host must not be asked to jump over itself. */
function jumpsBefore({ name, address }: TargetOf, jumps: readonly string[]): readonly string[] {
  const self = jumps.findIndex(
    (jump) => jump === name || jump.replace(/^.*@/, '').replace(/:\d+$/, '') === address,
  );
  return self === -1 ? jumps : jumps.slice(0, self);
}

function clientOverrides(client: SshClientSettings): SshOverrides {
  return {
    user: client.user,
    port: client.port,
    identityFiles: client.identityFiles,
    proxyJump: client.proxyJump,
    hostKeys: client.acceptsNewKeys ? 'accept-new' : undefined,
  };
}

function given(settings: SshClientSettings): Partial<SshClientSettings> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== false),
  );
}
