import type { EnvConfig } from '../config/config-types.js';
import type { Secrets } from '../secret.js';
import { parseEnvFile } from './env-parse.js';

/** Stands for what a host has and nobody may see. */
const HIDDEN = '(hidden)';

/** Names that say so themselves, for what was put on a host by hand and stands in no configuration. */
const SOUNDS_SECRET =
  /PASS(WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|(^|_)(AUTH|KEY|DSN|PIN)(_|$)|APIKEY/i;
/** `//user:password@host` */
const PASSWORD_OF_URL = /(\/\/[^/\s:@]*:)[^@\s]+@/g;
/** What a line of a key or token looks like. */
const LOOKS_SECRET = /[A-Za-z0-9+/=]{40,}|[A-Za-z0-9+=_-]{20,}/g;

/** Hides what may be secret in the environment file of a host, which may be older than the configuration. */
export class EnvMask {
  readonly #secretNames: ReadonlySet<string>;
  readonly #secrets: Pick<Secrets, 'mask'>;

  constructor(env: EnvConfig, secrets: Pick<Secrets, 'mask'>) {
    const values = [env.common, ...env.rooms.values()].flatMap((each) => [...each]);
    this.#secretNames = new Set(
      values.flatMap(([name, value]) => (value.some((part) => typeof part !== 'string') ? [name] : [])),
    );
    this.#secrets = secrets;
  }

  isSecret(name: string): boolean {
    return this.#secretNames.has(name);
  }

  /** The value that a host has under a name. */
  value(name: string, value: string): string {
    if (this.isSecret(name) || SOUNDS_SECRET.test(name)) return HIDDEN;
    return this.#secrets.mask(value).replace(PASSWORD_OF_URL, `$1${HIDDEN}@`);
  }

  /** A comment: often a value of before. */
  comment(text: string): string {
    const [mark = ''] = /^[#;\s]*(export\s+)?/.exec(text) ?? [];
    const [entry] = parseEnvFile(text.slice(mark.length));
    if (entry?.kind !== 'value') return this.text(text);
    return `${mark}${entry.name}=${this.value(entry.name, entry.value)}`;
  }

  /** A line of which nobody knows what it is: perhaps one of a key that lost its quotes. */
  text(text: string): string {
    const [name = ''] = /^[^=]*=/.exec(text) ?? [];
    if (SOUNDS_SECRET.test(name.slice(0, -1))) return `${name}${HIDDEN}`;
    return this.#secrets.mask(text).replace(PASSWORD_OF_URL, `$1${HIDDEN}@`).replace(LOOKS_SECRET, HIDDEN);
  }
}
