import type { Pattern } from './patterns.js';

/** Where text was cut before it was masked: a secret may have lost a part there. */
export interface Cut {
  readonly start?: boolean;
  readonly end?: boolean;
}

/** A place in a text. */
export interface Match {
  readonly from: number;
  readonly to: number;
  /** The text that replaces it. */
  readonly label: string;
}

export function labelOf({ name }: Pattern): string {
  return `[${name}]`;
}
