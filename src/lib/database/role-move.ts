import type { DatabasePlace } from './place.js';

/** The primary moves between two servers, by the names of their hosts. */
export interface RoleMove {
  readonly database: DatabasePlace;
  /** The primary before. */
  readonly from: string;
  readonly to: string;
}

/** A change, at the generation of this number. */
export interface RoleChange extends RoleMove {
  readonly number: number;
}
