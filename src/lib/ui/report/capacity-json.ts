import type { CapacityReport } from '../../report/capacity-report.js';
import { rounded } from './capacity-view.js';

/** `kuafu report capacity --json`; schemas/report-capacity.schema.json. */
export function capacityDocument(report: CapacityReport, exitCode: number): object {
  const { at, sampleMs, question, groups, verdicts, remedies, notes } = report;
  return {
    kind: 'kuafu.report-capacity',
    version: 1,
    at,
    exitCode,
    sampleMs,
    target: question.target,
    perHost: question.perHost ?? null,
    peak: question.peak ?? null,
    verdicts: verdicts.map((verdict) => ({
      ...verdict,
      demand: rounded(verdict.demand),
      perHost: rounded(verdict.perHost),
      remedy: remedies.get(verdict) ?? null,
    })),
    hosts: groups.flatMap(({ app, group, hosts }) =>
      hosts.map((host) => ({
        app,
        group,
        ...host,
        cpusUsed: rounded(host.cpusUsed),
        requests: rounded(host.requests),
      })),
    ),
    notes,
  };
}
