import { groupOutputs } from '../../fanout/group.js';
import type { HostOutcome, Score } from '../../fanout/outcome.js';

export interface ExecRun {
  /** The line that the hosts' shells run. */
  readonly command: string;
  readonly dryRun: boolean;
  readonly exitCode: number;
  readonly elapsedMs: number;
  readonly scores: Readonly<Record<Score, number>>;
  readonly outcomes: readonly HostOutcome[];
}

/**
 * `kuafu exec --json`; schemas/exec.schema.json. Hosts of one group have the same end and the same output; group 0 is the
 * biggest.
 */
export function execDocument({ scores, outcomes, ...run }: ExecRun): object {
  const groups = groupOutputs(outcomes);
  const groupOf = new Map(groups.flatMap(({ hosts }, index) => hosts.map((host) => [host, index] as const)));
  const { command, dryRun, exitCode, elapsedMs } = run;
  const { done, failed, unreachable, pending } = scores;
  return {
    kind: 'kuafu.exec',
    version: 1,
    command,
    dryRun,
    exitCode,
    elapsedMs: Math.round(elapsedMs),
    done,
    failed,
    unreachable,
    pending,
    hosts: outcomes.map(({ hint: _hint, ...outcome }) => ({
      ...outcome,
      elapsedMs: Math.round(outcome.elapsedMs),
      group: groupOf.get(outcome.host) ?? null,
    })),
  };
}
