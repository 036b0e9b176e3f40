import { isIP } from 'node:net';
import { UsageError } from '../errors.js';
import type { Host } from '../inventory/inventory-types.js';
import { ConnectError } from './connect-error.js';

/** The way to a host: itself, and the jump host next to it with the way to that one. */
export interface Route {
  readonly host: Host;
  readonly via: Route | undefined;
  /** Equal for equal ways, so that hosts behind one bastion share its connection. */
  readonly key: string;
}

/**
 * Resolves ProxyJump chains. A chain that the host names replaces the jump hosts' own (as `ssh -J a,b`);
 * the first of a chain is reached by its own.
 *
 * @throws {UsageError} on an unknown jump host or one that leads back to itself
 * @throws {ConnectError} `unsupported` where ssh_config asks for a ProxyCommand
 */
export function routeTo(host: Host, hostByName: (name: string) => Host | undefined): Route {
  return route(host, hostByName, []);
}

function route(host: Host, hostByName: (name: string) => Host | undefined, behind: readonly string[]): Route {
  const chain = [...behind, host.name];
  if (behind.includes(host.name))
    throw new UsageError(
      `${behind[0]}: its jump hosts lead in a circle: ${chain.join(' → ')}`,
      `correct proxyJump of one of them`,
    );
  const { address, port, user, proxyJump, proxyCommand } = host.ssh;
  // Dialling past it would go another way than the user said.
  if (proxyCommand !== undefined)
    throw new ConnectError(
      host.name,
      'unsupported',
      `${host.name}: ssh_config gives it a ProxyCommand, which kuafu cannot run`,
      'set ssh.proxyJump in kuafu.config.yaml, or ProxyJump in ssh_config',
    );
  const hops = proxyJump.map((spec) => jumpHost(spec, host, hostByName));
  const last = hops.at(-1);
  const via =
    last && route(hops.length > 1 ? withJumps(last, proxyJump.slice(0, -1)) : last, hostByName, chain);
  return { host, via, key: `${host.name}=${user}@${address}:${port}${via ? `<${via.key}` : ''}` };
}

function withJumps(host: Host, proxyJump: readonly string[]): Host {
  return { ...host, ssh: { ...host.ssh, proxyJump } };
}

function jumpHost(spec: string, target: Host, hostByName: (name: string) => Host | undefined): Host {
  const known = hostByName(spec);
  if (known) return known;
  const literal = parseJump(spec);
  if (!literal)
    throw new UsageError(
      `${target.name}: its jump host ${JSON.stringify(spec)} is no host of the configuration`,
      'name a host of a room, or write user@address:port',
    );
  const { address, port = 22, user = target.ssh.user } = literal;
  return {
    name: port === 22 ? address : `${address}:${port}`,
    room: target.room,
    role: 'gateway',
    // accept-new is a decision about the target, not about what stands on the way.
    ssh: { ...target.ssh, address, port, user, proxyJump: [], hostKeys: 'strict' },
  };
}

interface JumpAddress {
  readonly user?: string;
  readonly address: string;
  readonly port?: number;
}

/** `[user@]address[:port]`; a bare word is a name, and only a name that is known will do. */
function parseJump(spec: string): JumpAddress | undefined {
  const match = /^(?:([^@\s]+)@)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(spec);
  const address = match?.[2] ?? match?.[3];
  if (!match || !address) return undefined;
  const [, user, , , digits] = match;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65535)) return undefined;
  const bareWord = user === undefined && port === undefined && isIP(address) === 0 && !address.includes('.');
  if (bareWord) return undefined;
  return { address, ...(user !== undefined && { user }), ...(port !== undefined && { port }) };
}
