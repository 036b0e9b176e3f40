import { z } from 'zod';
import { sentenceOf } from '../errors.js';
import { expandPattern } from '../names/node-pattern.js';
import { expandNodeSet } from '../names/nodeset.js';
import * as scalars from './scalars.js';
import { sshSchema } from './schema-ssh.js';

/** One host of a map, and the key it was written under. */
export interface HostEntry {
  readonly key: string;
  readonly name: string;
  readonly address: string;
}

/** `'web-a-[01-04]': '198.18.1.[11-14]'` is four hosts: names and addresses pair up in their order. */
const hostMap = z
  .record(z.string(), z.string({ error: 'must be an address, or as many as there are names' }))
  .transform((map, context) => {
    const entries: HostEntry[] = [];
    for (const [key, value] of Object.entries(map)) {
      try {
        entries.push(...pairUp(key, value));
      } catch (error) {
        context.addIssue({ code: 'custom', path: [key], message: sentenceOf(error) });
      }
    }
    return entries;
  });

/** The hosts of one entry. @throws {Error} with a sentence when names and addresses do not fit */
export function pairUp(key: string, value: string): HostEntry[] {
  const names = expandNodeSet(key);
  const badName = names.find((name) => !scalars.isHostName(name));
  if (badName !== undefined) throw new Error(`${JSON.stringify(badName)} ${scalars.HOST_NAME_RULE}`);
  const addresses = splitList(value).flatMap((pattern) => expandPattern(pattern));
  if (addresses.length !== names.length)
    throw new Error(`${plural(names.length, 'name')} but ${plural(addresses.length, 'address')}`);
  return names.map((name, index) => {
    const address = addresses[index] ?? '';
    if (!scalars.address.safeParse(address).success)
      throw new Error(`${JSON.stringify(address)}, for ${name}, is no IP address`);
    return { key, name, address };
  });
}

/** Splits at commas outside brackets. */
function splitList(value: string): string[] {
  const parts: string[] = [];
  for (const piece of value.split(',')) {
    const isInside =
      parts.length > 0 && (parts.at(-1) ?? '').lastIndexOf('[') > (parts.at(-1) ?? '').lastIndexOf(']');
    if (isInside) parts[parts.length - 1] = `${parts.at(-1)},${piece}`;
    else parts.push(piece);
  }
  return parts.map((part) => part.trim());
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}

const gateway = z.strictObject({
  host: scalars.hostName,
  address: scalars.address.optional(),
  outOfBand: scalars.address.optional(),
});

export const roomSchema = z.strictObject({
  title: scalars.printable.optional(),
  network: scalars.network,
  gateway: gateway.optional(),
  hosts: hostMap.default([]),
  spare: hostMap.default([]),
  ssh: sshSchema.optional(),
});
