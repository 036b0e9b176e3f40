import type { Host } from '../names/host.js';
import { unpackedName } from './packed.js';

/** The places of a host's logs. */
export interface LogSources {
  /** Absolute paths, wildcards allowed. */
  readonly files: readonly string[];
  /** The systemd unit whose journal is read. */
  readonly journal: string | undefined;
}

export interface HostLogs {
  readonly host: Host;
  readonly sources: LogSources;
  /** Called when some logs do not exist: whether that is because the service that writes them was not started yet. */
  readonly isWaiting?: () => Promise<boolean>;
}

/** Why a log does not exist, when that is no fault; a sentence. */
export async function waitingFor(logs: HostLogs, missing: string): Promise<string | undefined> {
  return (await logs.isWaiting?.()) ? `not started yet: ${missing}` : undefined;
}

/** The patterns that the hosts search for with their grep. */
export interface LogFilter {
  /** Extended regular expressions; a line that matches one of them counts. */
  readonly grep: readonly string[];
  readonly exclude: readonly string[];
  readonly ignoreCase: boolean;
}

/** The flags of grep(1) for a filter. Binary lines count as text too. */
export function grepFlags({ ignoreCase }: LogFilter): string {
  return ignoreCase ? '-aEi' : '-aE';
}

/** grep takes alternative patterns one a line. */
export function alternatives(patterns: readonly string[]): string {
  return patterns.join('\n');
}

/** The log of a rotated part: `/var/log/shop/access.log` for `access.log.2.gz`, `access.log-20261124` or `access.log.1`. */
export function logOf(path: string): string {
  return unpackedName(path).replace(/(?:[.-]\d[\d.T_-]*|\.old)$/, '');
}
