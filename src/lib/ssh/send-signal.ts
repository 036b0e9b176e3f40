import type { Client, ClientChannel } from 'ssh2';

/**
 * Sends a signal to a command (RFC 4254, 6.9). ssh2's own channel.signal() does nothing once standard input is closed,
 * which it nearly always is, so this calls the protocol below it; when that is not there, nothing is sent.
 * sshd up to 9.x ignores signals for root's logins: the channel's end is what such a command gets.
 */
export function sendSignal(client: Client, channel: ClientChannel, name: 'KILL' | 'TERM'): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  const { outgoing } = channel;
  if (!isProtocol(protocol) || !isOpen(outgoing)) return;
  protocol.signal(outgoing.id, name);
}

function isProtocol(value: unknown): value is { signal: (channel: number, name: string) => void } {
  return (
    typeof value === 'object' && value !== null && 'signal' in value && typeof value.signal === 'function'
  );
}

function isOpen(value: unknown): value is { id: number } {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('state' in value)) return false;
  return typeof value.id === 'number' && (value.state === 'open' || value.state === 'eof');
}
