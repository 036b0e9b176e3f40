import { fold } from '../names/fold.js';
import { startCommand } from '../unit/not-started.js';
import { type CapacityQuestion, type CapacityVerdict, type GroupLoad, NOT_STARTED } from './capacity.js';
import type { Remedy } from './remedy.js';

/** The content of `kuafu report capacity`; table, JSON, CSV and HTML are made from it. */
export interface CapacityReport {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly sampleMs: number;
  readonly question: CapacityQuestion;
  readonly groups: readonly GroupLoad[];
  readonly verdicts: readonly CapacityVerdict[];
  readonly remedies: ReadonlyMap<CapacityVerdict, Remedy>;
  /** Sentences about what was not measured. */
  readonly notes: readonly string[];
}

/** Whether a verdict is a shortage, or could not be given. A quiet time without load is no finding. */
export function isFinding({ short, basis }: CapacityVerdict): boolean {
  return short > 0 || basis === 'unknown' || basis === 'unread';
}

/** Hosts that do not serve, by reason: `web-b-[01-02]: its service does not run`. */
export function idleNotes(groups: readonly GroupLoad[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { app, group, hosts } of groups)
    for (const { host, serves, why } of hosts)
      if (!serves) {
        const key = JSON.stringify([app, group, why]);
        byReason.set(key, [...(byReason.get(key) ?? []), host]);
      }
  return [...byReason].map(([key, hosts]) => {
    const [app, group, why]: [string, string, string] = JSON.parse(key);
    if (why === NOT_STARTED)
      return `for ${app}/${group} ${fold(hosts)} ${hosts.length === 1 ? 'is' : 'are'} ${why}: ${startCommand(app, hosts)}`;
    return `${fold(hosts)} ${hosts.length === 1 ? 'does' : 'do'} not count for ${app}/${group}: ${why}`;
  });
}
