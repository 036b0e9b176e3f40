import { createHash } from 'node:crypto';
import { RefusedError } from '../errors.js';

/** sha256 (hex) of the plan's canonical JSON: equal plans have equal sums, whatever the order of their keys. */
export function planChecksum(plan: unknown): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/** An operation in the ledger. */
interface Recorded {
  readonly id: string;
  /** Whether its plan has the checksum that it had when it was made and confirmed. */
  readonly isAsMade: boolean;
}

/**
 * Only the confirmed plan may run: a stored plan is compared with its checksum before it is used. A person who can write both can
 * forge both; this check finds plans that were edited, cut or mixed up.
 * @throws RefusedError when they differ
 */
export function requireAsMade({ id, isAsMade }: Recorded): void {
  if (isAsMade) return;
  throw new RefusedError(
    `the plan of operation ${id} in the ledger is not the one that was made (its checksum differs); nothing is run by it`,
    `see who can write to the ledger; give the operation up: kuafu ops close ${id}`,
  );
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? sortedByKey(part) : part));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedByKey(record: Record<string, unknown>): Record<string, unknown> {
  // In the order of code units: the same on every machine, in every locale.
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
