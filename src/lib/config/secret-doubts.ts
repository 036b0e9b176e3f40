import { saysSecret } from '../masking/looks-secret.js';
import { maskedText, type SecretRef, type SecretText } from '../masking/secret.js';
import type { Config, DnsProvider } from './config-types.js';

/** Shorter values are not masked anywhere: they would mask half of every text. */
const SHORTEST = 3;

/** Values that are no fault, but leave a secret unprotected. */
export function secretDoubts({ apps, dns, databases, secrets }: Config): string[] {
  const tooShort = (refs: readonly SecretRef[]) =>
    refs
      .filter((ref) => secrets.resolve([ref]).trim().length < SHORTEST)
      .map(({ secret }) => `${secret} is too short to be masked`);
  const doubts = [...apps.values()].flatMap(({ name, env }) => {
    if (env === undefined) return [];
    const path = `apps.${name}.env`;
    const places: [string, ReadonlyMap<string, SecretText>][] = [
      [`${path}.common`, env.common],
      ...[...env.rooms].map(([room, values]): [string, ReadonlyMap<string, SecretText>] => [
        `${path}.rooms.${room}`,
        values,
      ]),
    ];
    return places.flatMap(([place, values]) =>
      [...values].flatMap(([key, value]) => {
        const refs = value.filter((part): part is SecretRef => typeof part !== 'string');
        const isPlain = refs.length === 0 && saysSecret(key, maskedText(value));
        return [
          ...tooShort(refs),
          ...(isPlain
            ? [
                `${place}.${key} stands in plain text there, and in plans on record; better: ${key}: '\${${key}}'`,
              ]
            : []),
        ];
      }),
    );
  });
  const keys = [...dns.values()].flatMap(({ provider }) => keyOf(provider) ?? []);
  const passwords = [...databases.values()].flatMap(({ replication }) => replication?.password ?? []);
  return [...new Set([...doubts, ...tooShort([...keys, ...passwords])])];
}

function keyOf(provider: DnsProvider): SecretRef | undefined {
  if (provider.kind === 'powerdns') return provider.key;
  return provider.kind === 'rfc2136' ? provider.key.secret : undefined;
}
