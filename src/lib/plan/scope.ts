import type { Scope } from './plan.js';

/** A scope as lists of operations have it: several names are separated by commas. */
export interface ScopeWords {
  readonly app: string;
  readonly group: string;
  readonly room: string;
}

export function scopeWords({ apps, groups, rooms }: Scope): ScopeWords {
  return { app: apps.join(','), group: groups.join(','), room: rooms.join(',') };
}
