import { saysSecret } from '../masking/looks-secret.js';
import { maskedText, type SecretRef, type SecretText } from '../masking/secret.js';
import type { Config } from './config-types.js';

/** Shorter values are not masked anywhere: they would mask half of every text. */
const SHORTEST = 3;

/** Values that are no fault, but leave a secret unprotected. */
export function secretDoubts({ apps, secrets }: Config): string[] {
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
          ...refs
            .filter((ref) => secrets.resolve([ref]).trim().length < SHORTEST)
            .map(({ secret }) => `${secret} is too short to be masked`),
          ...(isPlain
            ? [
                `${place}.${key} stands in plain text there, and in plans on record; better: ${key}: '\${${key}}'`,
              ]
            : []),
        ];
      }),
    );
  });
  return [...new Set(doubts)];
}
