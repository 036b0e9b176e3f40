import type { DatabaseLook } from '../layers/database/database-look.js';
import type { MemberDetails } from '../layers/database/member-details.js';
import type { Evidence } from '../record/findings.js';

/** What a switch is judged by. */
export interface SwitchLook {
  readonly look: DatabaseLook;
  /** What the new primary has not applied, see lookUntilApplied(). */
  readonly lacks: readonly string[];
  /** By host; a text: why they could not be read. */
  readonly details: ReadonlyMap<string, MemberDetails | string>;
}

/** Something that has to be so before the primary is moved. */
export interface Gate extends Evidence {
  /** What to type, or to do, where it is not so. */
  readonly hint: string;
}

export const STATUS = 'see what is wrong: kuafu db status';
