import type { Host } from '../names/host.js';
import { unpackedName } from './packed.js';

/** Where a host's logs are. */
export interface LogSources {
  /** Absolute paths, wildcards allowed. */
  readonly files: readonly string[];
  /** systemd unit whose journal is meant. */
  readonly journal: string | undefined;
}

export interface HostLogs {
  readonly host: Host;
  readonly sources: LogSources;
  /** Asked where some of them are not there: whether that is so as nobody has started there yet what writes them. */
  readonly isWaiting?: () => Promise<boolean>;
}

/** Why something is not there, where that is no fault; a sentence. */
export async function waitingFor(logs: HostLogs, missing: string): Promise<string | undefined> {
  return (await logs.isWaiting?.()) ? `not started yet: ${missing}` : undefined;
}

/** What is looked for on the hosts themselves, by their grep. */
export interface LogFilter {
  /** Extended regular expressions; a line with one of them counts. */
  readonly grep: readonly string[];
  readonly exclude: readonly string[];
  readonly ignoreCase: boolean;
}

/** The flags of grep(1) for a filter. Text or not, a line is a line. */
export function grepFlags({ ignoreCase }: LogFilter): string {
  return ignoreCase ? '-aEi' : '-aE';
}

/** grep takes alternatives one a line. */
export function alternatives(patterns: readonly string[]): string {
  return patterns.join('\n');
}

/** `/var/log/shop/access.log` of `access.log.2.gz`, `access.log-20261124` or `access.log.1`: the log they are parts of. */
export function logOf(path: string): string {
  return unpackedName(path).replace(/(?:[.-]\d[\d.T_-]*|\.old)$/, '');
}
