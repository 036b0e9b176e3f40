import { UsageError } from '../errors.js';
import type { Host } from '../names/host.js';
import { type Jump, parseJump } from '../ssh-config/jump.js';
import { ConnectError } from './connect-error.js';

/** The way to a host: the host itself, and the route to the last jump host before it. */
export interface Route {
  readonly host: Host;
  readonly via: Route | undefined;
  /** Equal for equal routes, so that hosts behind one bastion share its connection. */
  readonly key: string;
}

/** The jump host that a part of a ProxyJump names, on the way to another host. */
export type FindJumpHost = (jump: Jump, target: Host) => Host;

/**
 * Resolves ProxyJump chains. A chain that the host names replaces the jump hosts' own (as `ssh -J a,b`); the first jump host
 * of a chain is reached by its own chain.
 *
 * @throws {UsageError} on text that is not a jump host, or a jump host that leads back to itself
 * @throws {ConnectError} `unsupported` if ssh_config asks for a ProxyCommand, or does not let us connect
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

/** Dialling without what ssh_config says would take another route than the user means. */
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
