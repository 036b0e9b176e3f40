import { isIP } from 'node:net';
import { posix } from 'node:path';
import { z } from 'zod';
import { parseDuration } from './duration.js';
import { parseSecretText } from './secret-text.js';

// A file is checked once: compiling a check costs more time than it saves. It would also be the only code generated at run time.
z.config({ jitless: true });

/** The values of the configuration: names, paths, durations, addresses. Each error is a sentence. */

const NAME = /^[a-z0-9][a-z0-9-]*$/;
const ROOM_NAME = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
const CONTROL = /\p{Cc}/u;
const MAX_NAME = 63;
const MAX_ROOM_NAME = 32;

function isName(text: string): boolean {
  return text.length <= MAX_NAME && NAME.test(text);
}

const NAME_RULE = `is no name: small letters, digits and hyphens, a letter or digit first, at most ${MAX_NAME}`;

const HOST_LABEL = /^[a-z0-9_][a-z0-9_-]*$/;
const MAX_HOST_NAME = 253;

/** A name, with a domain or without, as in DNS and /etc/hosts; or an address, if a host has no other name. */
export function isHostName(text: string): boolean {
  if (text.length > MAX_HOST_NAME) return false;
  return (
    text.split('.').every((label) => label.length <= MAX_NAME && HOST_LABEL.test(label)) || isIP(text) !== 0
  );
}

export const HOST_NAME_RULE =
  'is no host name: small letters, digits, hyphens, underscores and dots, no hyphen or dot first';

export const hostName = z.string().refine(isHostName, { error: HOST_NAME_RULE });

export const name = z.string().refine(isName, { error: NAME_RULE });

export const roomName = z.string().refine((text) => text.length <= MAX_ROOM_NAME && ROOM_NAME.test(text), {
  error: `is no room name: letters, digits and hyphens, a letter or digit first, at most ${MAX_ROOM_NAME}`,
});

export const envKey = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: 'is no name of an environment variable: letters, digits and underscores, no digit first',
});

export const printable = z
  .string()
  .min(1, { error: 'is empty' })
  .refine((text) => !CONTROL.test(text), { error: 'holds a control character' });

/** A login name. It has no leading hyphen, which ssh or useradd would take for an option. */
export const account = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/, {
  error: 'is no login name: letters, digits and _ . @ -, a letter, digit or _ first',
});

/** systemd.unit(5): the characters of a unit name. A template (`shop@.service`) is no unit that could run. */
export const serviceUnit = z
  .string()
  .regex(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,246}\.service$/, {
    error: 'is no service unit; write it with its suffix, such as shop.service',
  })
  .refine((name) => !name.endsWith('@.service'), {
    error: 'is a template of units; name the unit that runs, such as shop@1.service',
  });

/** A unit of any type. */
export const unit = z.string().regex(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,246}\.[a-z]+$/, {
  error: 'is no unit; write it with its suffix, such as shop.service',
});

export const port = z
  .number({ error: 'must be a port number' })
  .int({ error: 'must be a port number' })
  .min(1, { error: 'must be from 1 to 65535' })
  .max(65_535, { error: 'must be from 1 to 65535' });

/** Milliseconds of a duration with its unit. */
export const duration = z
  .union([z.string(), z.number()], { error: 'must be a duration such as 500ms, 10s or 15m' })
  .transform((given, context) => {
    const parsed = parseDuration(String(given));
    if ('ms' in parsed) return parsed.ms;
    context.addIssue({ code: 'custom', message: parsed.problem });
    return z.NEVER;
  });

export const address = z.string().refine((text) => isIP(text) !== 0, { error: 'is no IP address' });

/** `198.18.1.0/24` */
export const network = z.string().refine(isNetwork, { error: 'is no network such as 198.18.1.0/24' });

function isNetwork(text: string): boolean {
  const [base = '', bits = '', ...rest] = text.split('/');
  const family = isIP(base);
  return (
    family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  );
}

/** A path on a host. Returned without a slash at its end. */
export const absolutePath = z
  .string()
  .superRefine((path, context) => {
    const problem = pathProblem(path);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .transform((path) => (path === '/' ? path : path.replace(/(?<!\/)\/+$/, '')));

/** A path on this machine: absolute, or in the home folder. */
export const localPath = z.string().superRefine((path, context) => {
  const problem = pathProblem(path.replace(/^~(?=\/)/, ''));
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

function pathProblem(path: string): string | undefined {
  if (CONTROL.test(path)) return 'holds a control character';
  if (!path.startsWith('/')) return `must be an absolute path, not ${JSON.stringify(path)}`;
  if (path.split('/').includes('..')) return "must not hold '..'";
  if (posix.normalize(path) !== path) return `must be written as ${posix.normalize(path)}`;
  return undefined;
}

/** One value or a list of them, as a list. */
export function oneOrMore<Item extends z.ZodType<unknown, string>>(item: Item) {
  return z.union([item.transform((value) => [value]), z.array(item)]);
}

/** The path of a program: absolute, in the home folder, or beside the configuration (./hosts.py). */
const programPath = z
  .string()
  .min(1, { error: 'is empty' })
  .refine((text) => !CONTROL.test(text), { error: 'holds a control character' });

/** A program, or a list of it and its arguments. */
export const program = z
  .union([programPath.transform((path) => [path]), z.array(programPath).min(1, { error: 'is empty' })])
  .refine(([path = '']) => /^(\/|~\/|\.{1,2}\/)/.test(path), {
    error: 'must begin with a path: /…, ~/…, or ./… for one beside the configuration',
  });

/** The name of the environment variable that holds a secret. @param example such a name */
export function secretNamed(example: string) {
  const rule = `must be taken from the environment, such as '\${${example}}': plans and records have its name alone`;
  return z.string().transform((text, context) => {
    const parsed = parseSecretText(text);
    const [part] = 'text' in parsed && parsed.text.length === 1 ? parsed.text : [];
    if (typeof part === 'object') return part;
    context.addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });
}
