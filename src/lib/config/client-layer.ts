import { renderJump } from '../ssh-config/jump.js';
import type { ClientSettings, Given } from '../ssh-config/settings.js';
import type { SshOverrides } from './config-types.js';
import type { Layer } from './target-layers.js';

/** By key of a target, what ssh_config says for it. */
type Sayings = {
  readonly [Key in keyof SshOverrides]: Given<Exclude<SshOverrides[Key], undefined>> | undefined;
};

/** What ssh_config says for one host, as one of the layers of its settings. */
export function clientLayer(client: ClientSettings, knownHosts: readonly string[]): Layer {
  const sayings: Sayings = {
    user: client.user,
    port: client.port,
    identityFiles: client.identityFiles,
    certificateFiles: client.certificateFiles,
    proxyJump: mapped(client.proxyJump, (jumps) => jumps.map(renderJump)),
    // Of StrictHostKeyChecking only accept-new counts: `no` and `off` would accept any key.
    hostKeys:
      client.strictHostKeyChecking?.value === 'accept-new'
        ? mapped(client.strictHostKeyChecking, () => 'accept-new')
        : undefined,
    connectTimeoutMs: client.connectTimeoutMs,
    identitiesOnly: client.identitiesOnly,
    agentSocket: client.identityAgent,
    knownHosts: knownHostsOf(client, knownHosts),
    hostKeyAlias: client.hostKeyAlias,
    addressFamily: client.addressFamily,
    bindAddress: client.bindAddress,
  };
  const given = Object.entries(sayings).filter(([, saying]) => saying !== undefined);
  return {
    settings: Object.fromEntries(given.map(([key, saying]) => [key, saying?.value])),
    source: (key) => {
      const origin = sayings[key]?.origin;
      return origin === undefined ? { kind: 'default' } : { kind: 'ssh_config', origin };
    },
  };
}

function mapped<T, U>(given: Given<T> | undefined, change: (value: T) => U): Given<U> | undefined {
  return given && { value: change(given.value), origin: given.origin };
}

/** The files of the user, then the files of the system; if ssh_config sets only one of the two, the other has its default. */
function knownHostsOf(
  { userKnownHostsFiles: user, globalKnownHostsFiles: system }: ClientSettings,
  usual: readonly string[],
): Given<readonly string[]> | undefined {
  const origin = user?.origin ?? system?.origin;
  if (origin === undefined) return undefined;
  return { value: [...(user?.value ?? usual.slice(0, 2)), ...(system?.value ?? usual.slice(2))], origin };
}
