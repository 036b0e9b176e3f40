import { z } from 'zod';
import * as scalars from './scalars.js';

/** What a health check by HTTP asks, and which answers pass: of an application's hosts, and of the entries of its rooms. */

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

/** The keys of a check. `places`: what stands in braces in its URL, for what is checked. */
export function httpCheck(places: readonly ('address' | 'host')[]) {
  return {
    http: checkUrl(places),
    status: statuses.default([[200, 299]]),
    host: z
      .string()
      .regex(HEADER_HOST, { error: 'is no host name, with a port or without, such as www.shop.test' })
      .optional(),
    ca: scalars.localPath.optional(),
    insecure: z.boolean({ error: 'must be true or false' }).default(false),
    timeout: scalars.duration.default(2000),
  };
}

export type HttpCheckShape = z.output<z.ZodObject<ReturnType<typeof httpCheck>>>;

function checkUrl(places: readonly string[]) {
  const known = places.map((place) => `{${place}}`);
  return z.string().superRefine((text, context) => {
    const unknown = (text.match(/\{[^}]*\}?/g) ?? []).find((place) => !known.includes(place));
    const url = text.replaceAll(/\[\{address\}\]|\{address\}/g, '192.0.2.1').replaceAll('{host}', 'host');
    if (unknown !== undefined)
      context.addIssue({
        code: 'custom',
        message: `${unknown} is not known; there ${known.length === 1 ? 'is' : 'are'} ${known.join(' and ')}`,
      });
    else if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      context.addIssue({ code: 'custom', message: "must be a URL such as 'http://{address}:8080/healthz'" });
  });
}
