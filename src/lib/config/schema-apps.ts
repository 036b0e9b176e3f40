import { z } from 'zod';
import { sentenceOf } from '../errors.js';
import { expandNodeSet } from '../names/nodeset.js';
import { noTextReason } from '../no-text.js';
import * as scalars from './scalars.js';
import { httpCheck } from './schema-health.js';
import { parseSecretText } from './secret-text.js';
import { systemPathProblem } from './system-paths.js';

const copiedPath = scalars.absolutePath.superRefine((path, context) => {
  const problem = systemPathProblem(path);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const passes = z
  .number({ error: 'must be a whole number from 1 to 100' })
  .int({ error: 'must be a whole number from 1 to 100' })
  .min(1, { error: 'must be a whole number from 1 to 100' })
  .max(100, { error: 'must be a whole number from 1 to 100' });

const health = z.strictObject({
  ...httpCheck(['address', 'host']),
  via: z.enum(['auto', 'forward', 'host'], { error: 'must be auto, forward or host' }).default('auto'),
  passes: passes.default(3),
  every: scalars.duration.default(1000),
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
