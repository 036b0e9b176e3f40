import { fold } from '../../names/nodeset.js';
import { sanitizeLine } from './sanitize.js';

/** A message from or about a host. */
export interface HostMessage {
  readonly host: string;
  readonly message: string;
}

/** `hosts: message`, equal messages once with all their hosts, in order of appearance. */
export function foldMessages(messages: readonly HostMessage[]): string[] {
  const hostsOf = new Map<string, Set<string>>();
  for (const { host, message } of messages) {
    const hosts = hostsOf.get(message) ?? new Set();
    hostsOf.set(message, hosts.add(host));
  }
  return [...hostsOf].map(([message, hosts]) =>
    message === '' ? fold(hosts) : `${fold(hosts)}: ${sanitizeLine(message)}`,
  );
}

/** Messages name their host. If the host is shown anyway, the name is removed, so that equal messages read the same. */
export function withoutHost(message: string, host: string): string {
  return message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message;
}
