import { z } from 'zod';
import { sentenceOf } from '../errors.js';
import { expandNodeSet } from '../names/nodeset.js';
import { noTextReason } from '../no-text.js';
import * as scalars from './scalars.js';
import { parseSecretText } from './secret-text.js';
import { systemPathProblem } from './system-paths.js';

const copiedPath = scalars.absolutePath.superRefine((path, context) => {
  const problem = systemPathProblem(path);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const healthUrl = z.string().superRefine((text, context) => {
  const unknown = /\{(?!address\}|host\})[^}]*\}?/.exec(text);
  const url = text.replaceAll(/\[\{address\}\]|\{address\}/g, '192.0.2.1').replaceAll('{host}', 'host');
  if (unknown !== null)
    context.addIssue({
      code: 'custom',
      message: `${unknown[0]} is not known; there are {address} and {host}`,
    });
  else if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    context.addIssue({ code: 'custom', message: "must be a URL such as 'http://{address}:8080/healthz'" });
});

const passes = z
  .number({ error: 'must be a whole number from 1 to 100' })
  .int({ error: 'must be a whole number from 1 to 100' })
  .min(1, { error: 'must be a whole number from 1 to 100' })
  .max(100, { error: 'must be a whole number from 1 to 100' });

const STATUS_RULE = 'must be a status such as 200, a range such as 200-299, or a list of them';

/** `200`, `200-399`, or a list of them, as ranges with both ends. */
const statusRange = z.union([z.number(), z.string()], { error: STATUS_RULE }).transform((given, context) => {
  const [, from = '', to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(String(given)) ?? [];
  if (from !== '' && Number(from) <= Number(to)) return [Number(from), Number(to)] as const;
  context.addIssue({ code: 'custom', message: STATUS_RULE });
  return z.NEVER;
});

const statuses = z.union([
  statusRange.transform((range) => [range]),
  z.array(statusRange).min(1, { error: 'names no status' }),
]);

const HEADER_HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/;

const health = z.strictObject({
  http: healthUrl,
  via: z.enum(['auto', 'forward', 'host'], { error: 'must be auto, forward or host' }).default('auto'),
  status: statuses.default([[200, 299]]),
  host: z
    .string()
    .regex(HEADER_HOST, { error: 'is no host name, with a port or without, such as www.shop.test' })
    .optional(),
  ca: scalars.localPath.optional(),
  insecure: z.boolean({ error: 'must be true or false' }).default(false),
  passes: passes.default(3),
  every: scalars.duration.default(1000),
  timeout: scalars.duration.default(2000),
  within: scalars.duration.default(30_000),
});

const logs = z
  .strictObject({
    files: z.array(scalars.absolutePath).default([]),
    journal: scalars.unit.optional(),
  })
  .refine(({ files, journal }) => files.length > 0 || journal !== undefined, {
    error: 'names neither files nor a journal',
  });

const version = z.strictObject({ file: scalars.absolutePath });

const secretText = z
  .string({ error: 'must be a text, a number, true or false' })
  .transform((given, context) => {
    const parsed = parseSecretText(given);
    if ('problem' in parsed) context.addIssue({ code: 'custom', message: parsed.problem });
    else if (given.includes('\0')) context.addIssue({ code: 'custom', message: 'holds a NUL character' });
    else {
      const wrong = noTextReason(given);
      if (wrong === undefined) return parsed.text;
      context.addIssue({ code: 'custom', message: `holds ${wrong}: systemd would start nothing with it` });
    }
    return z.NEVER;
  });

const values = z.record(scalars.envKey, secretText);

const fileMode = z
  .union([z.string(), z.number()], { error: 'must be octal digits in quotes' })
  .transform(String)
  .refine((mode) => /^0?[0-7]{3}$/.test(mode), { error: "must be octal digits in quotes, such as '640'" })
  .transform((mode) => mode.slice(-3));

const fileOwner = z
  .string({ error: "must be 'user:group'" })
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, {
    error: "must be 'user:group', such as 'root:shop'",
  });

const env = z.strictObject({
  file: copiedPath,
  owner: fileOwner.optional(),
  mode: fileMode.optional(),
  common: values.default({}),
  rooms: z.record(scalars.roomName, values).default({}),
  shared: z.array(z.string({ error: 'must be a text' }).min(1, { error: 'is empty' })).default([]),
});

const traffic = z.strictObject({
  haproxy: z.record(
    scalars.roomName,
    scalars
      .oneOrMore(scalars.hostName)
      .refine((names) => names.length > 0 && new Set(names).size === names.length, {
        error: 'must name each balancer of the room once, and one at least',
      }),
  ),
  socket: scalars.absolutePath.default('/run/haproxy/admin.sock'),
  // The runtime API splits its input at blanks and semicolons (HAProxy management guide, 9.3).
  backend: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]+$/, { error: 'is no name of an HAProxy backend' })
    .optional(),
  server: z
    .string()
    .regex(/^[A-Za-z0-9_./:,()@%=+-]+( [A-Za-z0-9_./:,()@%=+-]+)*$/, {
      error: "must be options of an HAProxy server, such as 'check inter 2s weight 20'",
    })
    .optional(),
  port: scalars.port,
});

/** Host names of one room as a node set; operators are allowed, groups are not. */
const members = z.string({ error: 'must be a node set of hosts' }).transform((text, context) => {
  if (text.trim() === '') return [];
  try {
    return expandNodeSet(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: sentenceOf(error) });
    return z.NEVER;
  }
});

export const appSchema = z.strictObject({
  service: scalars.serviceUnit,
  user: scalars.account.optional(),
  files: z.array(copiedPath).min(1, { error: 'names nothing to copy' }),
  exclude: z.array(scalars.absolutePath).default([]),
  health: health.optional(),
  logs: logs.optional(),
  version: version.optional(),
  env: env.optional(),
  traffic: traffic.optional(),
  groups: z.record(scalars.name, z.record(scalars.roomName, members)).default({}),
});
