import { UsageError } from '../errors.js';
import type { Host } from '../names/host.js';
import { type Jump, parseJump } from '../ssh-config/jump.js';
import { ConnectError } from './connect-error.js';

/** The way to a host: itself, and the jump host next to it with the way to that one. */
export interface Route {
  readonly host: Host;
  readonly via: Route | undefined;
  /** Equal for equal ways, so that hosts behind one bastion share its connection. */
  readonly key: string;
}

/** The host that a part of a ProxyJump means, on the way to another. */
export type FindJumpHost = (jump: Jump, target: Host) => Host;

/**
 * Resolves ProxyJump chains. A chain that the host names replaces the jump hosts' own (as `ssh -J a,b`);
 * the first of a chain is reached by its own.
 *
 * @throws {UsageError} on what is no jump host, or one that leads back to itself
 * @throws {ConnectError} `unsupported` where ssh_config asks for a ProxyCommand, or lets us not connect
 */
export function routeTo(host: Host, findJumpHost: FindJumpHost): Route {
  return route(host, findJumpHost, []);
}

function route(host: Host, findJumpHost: FindJumpHost, behind: readonly string[]): Route {
  const chain = [...behind, host.name];
  if (behind.includes(host.name))
    throw new UsageError(
      `${behind[0]}: its jump hosts lead in a circle: ${chain.join(' → ')}`,
      `correct proxyJump of one of them`,
    );
  refuseOtherWays(host);
  const { address, port, user, proxyJump } = host.ssh;
  const hops = proxyJump.map((spec) => jumpHost(spec, host, findJumpHost));
  const last = hops.at(-1);
  const via =
    last && route(hops.length > 1 ? withJumps(last, proxyJump.slice(0, -1)) : last, findJumpHost, chain);
  return { host, via, key: `${host.name}=${user}@${address}:${port}${via ? `<${via.key}` : ''}` };
}

/** Dialling past what ssh_config says would go another way than the user means. */
function refuseOtherWays({ name, ssh: { proxyCommand, refusal } }: Host): void {
  if (proxyCommand !== undefined)
    throw new ConnectError(
      name,
      'unsupported',
      `${name}: ssh_config gives it a ProxyCommand, which kuafu cannot run`,
      'set ssh.proxyJump in kuafu.config.yaml, or ProxyJump in ssh_config',
    );
  if (refusal !== undefined)
    throw new ConnectError(name, 'unsupported', `${name}: ssh_config does not let it be reached: ${refusal}`);
}

function withJumps(host: Host, proxyJump: readonly string[]): Host {
  return { ...host, ssh: { ...host.ssh, proxyJump, proxyCommand: undefined } };
}

function jumpHost(spec: string, target: Host, findJumpHost: FindJumpHost): Host {
  const jump = parseJump(spec);
  if (jump === undefined)
    throw new UsageError(
      `${target.name}: ${JSON.stringify(spec)} is no jump host`,
      'name a host of a room, or write user@address:port',
    );
  return findJumpHost(jump, target);
}
