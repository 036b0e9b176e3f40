import type { RecordSet } from './records.js';

/** What an authority answers by health checks of its own. */
export interface Judged {
  /** With the host that each address is asked for. */
  readonly url: string;
  readonly timeoutSeconds: number;
  /** It answers with all healthy addresses of the first group that has one. */
  readonly groups: readonly (readonly string[])[];
  /** What it answers when no address is healthy: all of them, one by chance, or these. */
  readonly allDown: 'all' | 'one' | readonly string[];
}

/** Makes the set that is answered by health. */
export type JudgedSet = (name: string, ttlSeconds: number, judged: Judged) => RecordSet;
