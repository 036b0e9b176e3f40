import type { Judging } from '../../config/config-types.js';
import type { RecordSet } from './records.js';

/** Makes the set that an authority answers by health checks of its own. */
export type JudgedSet = (name: string, ttlSeconds: number, judged: Judging) => RecordSet;
