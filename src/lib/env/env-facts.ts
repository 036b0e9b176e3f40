import { hostScript } from '../../host-script.js';
import { pathWord } from '../logs/remote-path.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';

/** An environment file as it is on a host. */
export interface EnvFileState {
  /** `other`: a folder, a device, or anything else that cannot be an environment file. */
  readonly kind: 'missing' | 'file' | 'link' | 'other';
  /** Octal, such as 640. */
  readonly mode: string;
  /** `user:group` */
  readonly owner: string;
  /** `user:group` of the account that kuafu logs in as: the owner of files that it writes. */
  readonly login: string;
  /**
   * The content of the file, or of the link's target; undefined if there is nothing to read, or another account chose the
   * target.
   */
  readonly bytes: Buffer | undefined;
  /** The version of the systemd that reads the file there; undefined if it cannot be read. */
  readonly systemd?: number;
}

/** The file and its previous version. */
export interface EnvFacts {
  readonly current: EnvFileState;
  readonly previous: (EnvFileState & { readonly version: string }) | undefined;
  /** The service was started before the file was last changed or moved there, so it uses what stood there then. */
  readonly isUnread: boolean;
}

/** The file beside it with the content before the last push. Only its owner and group can read it. */
const PREVIOUS_SUFFIX = '.kuafu-prev';

/** A longer file is no environment: a service gets 128 KiB for one variable and 2 MiB for all (execve(2)). */
const MAX_FILE_BYTES = 262_144;
/** Both files in base64, and the words around them. */
export const ENV_OUTPUT_BYTES = 3 * MAX_FILE_BYTES;
const READ_TIMEOUT_MS = 20_000;

/** Reads an environment file, and with `both` also its previous version; and whether a service has read it. */
export function envFactsCommand(
  { path, service }: { readonly path: string; readonly service: string },
  which: 'current' | 'both',
): ReadCommand {
  const paths = which === 'both' ? [path, `${path}${PREVIOUS_SUFFIX}`] : [path];
  const words = [String(MAX_FILE_BYTES), service, ...paths.map(pathWord)];
  return scriptCommand(hostScript('env/read'), words, 'read', READ_TIMEOUT_MS);
}

export function parseEnvFacts(stdout: string): EnvFacts {
  const facts = new Map(
    stdout.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const systemd = Number(facts.get('systemd')) || 0;
  const state = (prefix: string): EnvFileState => {
    const kind = facts.get(`${prefix}kind`);
    const text = facts.get(`${prefix}text`);
    return {
      kind: kind === 'file' || kind === 'link' || kind === 'other' ? kind : 'missing',
      mode: facts.get(`${prefix}mode`) ?? '',
      owner: facts.get(`${prefix}owner`) ?? '',
      login: facts.get('login') ?? '',
      bytes: text === undefined ? undefined : Buffer.from(text, 'base64'),
      ...(systemd > 0 ? { systemd } : {}),
    };
  };
  const previous = state('previous.');
  const version = facts.get('previous.version') ?? '';
  return {
    current: state(''),
    previous: previous.kind === 'file' ? { ...previous, version } : undefined,
    isUnread: isUnread(facts.get('started'), facts.get('changed')),
  };
}

/** The precision of /proc/uptime, plus the time between two readings of a clock. */
const UPTIME_MS = 100;

/**
 * @param started microseconds from the boot to the start of the process; uptime and clock are in seconds
 * @param changed seconds since 1970. Not the time of writing: a rollback brings a file back that was written long ago.
 */
function isUnread(started: string | undefined, changed: string | undefined): boolean {
  const [process, uptime, clock] = (started ?? '').split(' ').map(Number);
  const changedAt = Number(changed);
  // For a unit without a process of its own this cannot be known.
  if (!process || !uptime || !clock || Number.isNaN(changedAt)) return false;
  const startedMs = (clock - uptime) * 1000 + process / 1000;
  return startedMs + UPTIME_MS < changedAt * 1000;
}
