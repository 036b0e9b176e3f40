import type { EnvConfig } from '../config/config-types.js';
import type { EnvValue } from '../plan/plan.js';
import { maskedText, type SecretText } from '../secret.js';

/** The values of one room: common ones, overridden by the room's own, sorted by name. */
export function envOfRoom(env: EnvConfig, room: string): readonly EnvValue[] {
  const merged = new Map([...env.common, ...(env.rooms.get(room) ?? [])]);
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => ({ name, value }));
}

/**
 * The environment file as systemd reads it (systemd.exec(5), EnvironmentFile=): every value in double quotes, in
 * which backslash, quote, `$` and backtick are escaped and a newline may stand. `textOf` puts the secrets in, or
 * masks them.
 */
export function renderEnvFile(values: readonly EnvValue[], textOf: (value: SecretText) => string): string {
  const escaped = (text: string) => text.replaceAll(/[\\"$`]/g, (character) => `\\${character}`);
  return values.map(({ name, value }) => `${name}="${escaped(textOf(value))}"\n`).join('');
}

/** A value of the template's room that a rendered file of another room still holds. */
export interface RoomLeak {
  readonly line: number;
  readonly what: string;
}

/**
 * Looks in a rendered file for what belongs to another room: names and addresses of its hosts, and values that are
 * set for it alone. A leak would send the new hosts' requests to the wrong room.
 */
export function findRoomLeaks(
  env: EnvConfig,
  rooms: { readonly from: string; readonly to: string },
  foreignNames: readonly string[],
): RoomLeak[] {
  const values = envOfRoom(env, rooms.to);
  const own = new Set(values.map(({ value }) => maskedText(value)));
  const foreignValues = [...(env.rooms.get(rooms.from)?.values() ?? [])]
    .map(maskedText)
    .filter((value) => value.length >= 4 && !own.has(value));
  const lines = renderEnvFile(values, maskedText).split('\n');
  return lines.flatMap((text, index) =>
    [...foreignValues, ...foreignNames]
      .filter((foreign) => holdsWord(text, foreign))
      .map((what) => ({ line: index + 1, what })),
  );
}

function holdsWord(text: string, word: string): boolean {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![A-Za-z0-9.-])${escaped}(?![A-Za-z0-9-]|\\.[A-Za-z0-9])`).test(text);
}
