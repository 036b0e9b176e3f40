import type { EnvConfig } from '../config/config-types.js';
import { maskedText } from '../masking/secret.js';
import { shownValue } from './env-mask.js';

/** A value as the rooms have it, secrets by their names. */
export interface RoomValue {
  readonly name: string;
  /** Rooms that have the same value. */
  readonly rooms: readonly string[];
  /** Where the value stands in the configuration; null: these rooms have no such value. */
  readonly from: 'common' | 'room' | null;
  readonly value: string | null;
  readonly secret: boolean;
  /** Whether the rooms in question have different values. */
  readonly differs: boolean;
}

/** Every value of the environment, once for all rooms that share it; by name, then in the order of the rooms. */
export function envByRoom({ common, rooms }: EnvConfig, asked: readonly string[]): RoomValue[] {
  const own = asked.flatMap((room) => [...(rooms.get(room)?.keys() ?? [])]);
  return [...new Set([...common.keys(), ...own])].sort().flatMap((name) => {
    const found = new Map<string, { rooms: string[]; value: Omit<RoomValue, 'rooms' | 'differs'> }>();
    const texts = new Set<string>();
    for (const room of asked) {
      const ofRoom = rooms.get(room)?.get(name);
      const text = ofRoom ?? common.get(name);
      const value = {
        name,
        from: text === undefined ? null : ofRoom === undefined ? ('common' as const) : ('room' as const),
        value: text === undefined ? null : shownValue(name, text),
        secret: text?.some((part) => typeof part !== 'string') ?? false,
      };
      // Values that are hidden when shown may still differ.
      const key = JSON.stringify([value, text === undefined ? null : maskedText(text)]);
      texts.add(key);
      const known = found.get(key);
      if (known === undefined) found.set(key, { rooms: [room], value });
      else known.rooms.push(room);
    }
    return [...found.values()].map(({ rooms, value }) => ({ ...value, rooms, differs: texts.size > 1 }));
  });
}
