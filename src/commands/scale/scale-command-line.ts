import type { ScaleWords } from '../../lib/scale/scale-request.js';
import { commandLine } from '../../lib/ui/frame/command-line.js';
import type { GlobalOptions } from '../global-options.js';

/** Flags that no question asks for. */
export interface UnaskedFlags {
  readonly batch?: string;
  readonly maxFailed?: string;
  readonly maxUnreachable?: string;
  readonly maxUnhealthy?: string;
  readonly checksum?: string;
}

/** The command line, for a shell or a script, that is equal to the answers and the given flags. */
export function scaleCommandLine(
  words: ScaleWords,
  given: UnaskedFlags,
  { config, forks, dryRun, json }: Pick<GlobalOptions, 'config' | 'forks' | 'dryRun' | 'json'>,
): string {
  return commandLine('kuafu scale', {
    app: words.app,
    group: words.group,
    idc: words.idc,
    count: words.count,
    'template-ip': words.templateIp,
    init: words.init === 'base' ? undefined : words.init,
    start: words.start,
    'one-hop': words.oneHop,
    replace: words.replace,
    'limit-rate': words.limitRate,
    batch: given.batch,
    'max-failed': given.maxFailed,
    'max-unreachable': given.maxUnreachable,
    'max-unhealthy': given.maxUnhealthy,
    checksum: given.checksum,
    config,
    forks: forks?.toString(),
    'dry-run': dryRun,
    json,
  });
}
