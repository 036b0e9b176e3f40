import type { DnsZone } from '../config/config-types.js';
import type { SetChange } from '../layers/dns/records.js';
import type { AuthorityAnswer } from './read-zones.js';

/** What has to change in a zone at one of its authorities. */
export interface AuthorityChanges {
  readonly zone: DnsZone;
  readonly answer: AuthorityAnswer;
  /** All of it, from what is there to what shall be there in the end. */
  readonly changes: readonly SetChange[];
  /** How it gets there; absent: at once. */
  readonly steps?: readonly PartOfChange[];
}

/** One step of a change that is made in several: that much of it is done then. */
export interface PartOfChange {
  readonly percent: number;
  readonly changes: readonly SetChange[];
}
