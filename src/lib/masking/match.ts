import type { Pattern } from './patterns.js';

/** Where text was cut off before anybody could look at it: a secret may have lost a part there. */
export interface Cut {
  readonly start?: boolean;
  readonly end?: boolean;
}

/** A place in a text. */
export interface Match {
  readonly from: number;
  readonly to: number;
  /** What stands there instead. */
  readonly label: string;
}

export function labelOf({ name }: Pattern): string {
  return `[${name}]`;
}
