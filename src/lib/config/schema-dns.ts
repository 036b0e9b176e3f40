import { z } from 'zod';
import { ALL_DOWN_WORDS } from './judging.js';
import * as scalars from './scalars.js';
import { httpCheck } from './schema-health.js';

/** DNS zones, and the names in them that move between rooms. Rules across sections are in check-dns.ts. */

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
/** RFC 1035, 2.3.4: 63 octets a label, and 253 characters a name without its last dot. */
const MAX_LABEL = 63;
export const MAX_DNS_NAME = 253;

function isDnsName(text: string): boolean {
  return (
    text.length <= MAX_DNS_NAME &&
    text.split('.').every((label) => label.length <= MAX_LABEL && LABEL.test(label))
  );
}

const keyName = z.string().refine(isDnsName, { error: 'is no name of a TSIG key, such as kuafu-key' });

const zoneName = z.string().refine(isDnsName, {
  error:
    'is no zone such as shop.test: small letters, digits, hyphens and underscores, without a dot at its end',
});

/** A name below its zone; `@` is the zone itself, `*` every name that is not there. */
const recordName = z
  .string()
  .refine((text) => text === '@' || text === '*' || isDnsName(text.replace(/^\*\./, '')), {
    error: 'is no name below its zone, such as www; the zone itself is @',
  });

const TTL_RULE = 'must be whole seconds, from 1s to 7d';

const ttlSeconds = scalars.duration
  .refine((ms) => ms >= 1000 && ms % 1000 === 0, { error: TTL_RULE })
  .transform((ms) => ms / 1000);

const WEIGHT_RULE = 'must be a whole number from 0 to 100';

const weight = z
  .number({ error: WEIGHT_RULE })
  .int({ error: WEIGHT_RULE })
  .min(0, { error: WEIGHT_RULE })
  .max(100, { error: WEIGHT_RULE });

/** `{A: 100, B: 100}`, or one room for all of it. */
const steady = z.union([
  scalars.roomName.transform((room): Record<string, number> => ({ [room]: 100 })),
  z.record(scalars.roomName, weight),
]);

/** A zone of IPv6, as in fe80::1%eth0, means something on one machine alone. */
const address = scalars.address.refine((text) => !text.includes('%'), {
  error: 'has a zone, which DNS has not',
});

/** Without its address the request would go wherever the name leads now. */
const health = z.strictObject(httpCheck(['address'])).refine(({ http }) => http.includes('{address}'), {
  path: ['http'],
  error: "must hold {address}, as in 'http://{address}/healthz': each room is asked at its own",
});

const ALL_DOWN_RULE = `must be ${ALL_DOWN_WORDS.join(', ')} or a room`;

const nameSchema = z.strictObject({
  class: scalars.name,
  app: scalars.name.optional(),
  ttl: ttlSeconds,
  rooms: z.record(
    scalars.roomName,
    scalars.oneOrMore(address).refine((addresses) => addresses.length > 0, { error: 'names no address' }),
  ),
  steady,
  health: health.optional(),
  judged: z
    .strictObject({
      allDown: z.union([z.enum(ALL_DOWN_WORDS, { error: ALL_DOWN_RULE }), scalars.roomName]),
    })
    .optional(),
});

const zone = z.strictObject({
  names: z.record(recordName, nameSchema).default({}),
  excused: z.array(recordName).default([]),
  resolvers: z.array(address).default([]),
  recovery: ttlSeconds.optional(),
});

const secret = scalars.secretNamed('DNS_KEY');

/** The host of each room's authority. */
const servers = z
  .record(scalars.roomName, scalars.hostName)
  .refine((hosts) => Object.keys(hosts).length > 0, { error: 'names no authority' });

const ENDPOINT = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})$/;

/** Where the server listens on its own host. */
const endpoint = z
  .string()
  .transform((text, context) => {
    const [, bracketed, plain, digits] = ENDPOINT.exec(text) ?? [];
    const address = scalars.address.safeParse(bracketed ?? plain);
    const port = scalars.port.safeParse(Number(digits));
    if (address.success && port.success) return { address: address.data, port: port.data };
    context.addIssue({ code: 'custom', message: 'must be an address with a port, such as 127.0.0.1:53' });
    return z.NEVER;
  })
  .default({ address: '127.0.0.1', port: 53 });

const api = z
  .string()
  .refine((text) => URL.canParse(text) && isPlainUrl(new URL(text)), {
    error: 'must be a URL without a path, such as http://127.0.0.1:8081',
  })
  .default('http://127.0.0.1:8081');

function isPlainUrl({ protocol, username, password, pathname, search, hash }: URL): boolean {
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '' && pathname === '/';
}

/** The algorithms that a TSIG key of BIND and PowerDNS may have; HMAC-MD5 and SHA-1 are broken. */
const ALGORITHMS = ['hmac-sha224', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;

const tsig = z.strictObject({
  name: keyName,
  algorithm: z.enum(ALGORITHMS, { error: `must be one of ${ALGORITHMS.join(', ')}` }).default('hmac-sha256'),
  secret,
});

const PROVIDERS = ['powerdns', 'rfc2136', 'exec'] as const;

export const dnsZoneSchema = z.discriminatedUnion(
  'provider',
  [
    zone.extend({ provider: z.literal(PROVIDERS[0]), servers, listen: endpoint, api, key: secret }),
    zone.extend({ provider: z.literal(PROVIDERS[1]), servers, listen: endpoint, key: tsig }),
    zone.extend({
      provider: z.literal(PROVIDERS[2]),
      program: scalars.program,
      timeout: scalars.duration.default(60_000),
    }),
  ],
  { error: `must be one of ${PROVIDERS.join(', ')}` },
);

export const dnsSchema = z.record(zoneName, dnsZoneSchema);

export type DnsZoneShape = z.output<typeof dnsZoneSchema>;
