import type { Client, ClientChannel } from 'ssh2';

// What ssh2 1.17 cannot do by its public interface. Each of these does nothing when the inside looks different.

/**
 * Sends a signal to a command (RFC 4254, 6.9). ssh2's own channel.signal() does nothing once standard input is closed,
 * which it nearly always is. sshd up to 9.x ignores signals for root's logins.
 */
export function sendSignal(client: Client, channel: ClientChannel, name: 'KILL'): void {
  const protocol = protocolOf(client);
  const { outgoing } = channel;
  if (!protocol || !isOpen(outgoing) || typeof protocol.signal !== 'function') return;
  protocol.signal(outgoing.id, name);
}

/**
 * Ignores the list of host keys that sshd sends after each login (PROTOCOL, 2.5). ssh2 has the server prove every one
 * of them, which costs the host a signature and us a verification a key, for an event to which nobody listens.
 */
export function ignoreHostKeyList(client: Client): void {
  const handlers = protocolOf(client)?._handlers;
  if (!isRecord(handlers)) return;
  const original = handlers.GLOBAL_REQUEST;
  if (typeof original !== 'function') return;
  handlers.GLOBAL_REQUEST = (...args: unknown[]) => {
    const [, name, wantReply] = args;
    if (name !== 'hostkeys-00@openssh.com' || wantReply === true) original(...args);
  };
}

function protocolOf(client: Client): Record<string, unknown> | undefined {
  const protocol: unknown = Reflect.get(client, '_protocol');
  return isRecord(protocol) ? protocol : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isOpen(value: unknown): value is { id: number } {
  return isRecord(value) && typeof value.id === 'number' && (value.state === 'open' || value.state === 'eof');
}
