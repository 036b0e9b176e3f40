import { type CapacityQuestion, type GroupLoad, judgeCapacity } from '../../../src/lib/report/capacity.js';
import type { CapacityReport } from '../../../src/lib/report/capacity-report.js';

/** Room A has four hosts, room B two, and one of them is down. */
export function sampleCapacity(question: Partial<CapacityQuestion> = {}): CapacityReport {
  const host = { serves: true, why: '', cpus: 4, cpusUsed: 1.4, requests: 50 };
  const down = { serves: false, why: 'no answer', cpus: null, cpusUsed: null, requests: 0 };
  const inA = [1, 2, 3, 4].map((number) => ({ host: `web-a-${number}`, room: 'A', ...host }));
  const inB = [
    { host: 'web-b-1', room: 'B', ...host },
    { host: 'web-b-2', room: 'B', ...down },
  ];
  const groups: GroupLoad[] = [{ app: 'shop', group: 'web', hosts: [...inA, ...inB] }];
  const asked = { target: 0.7, ...question };
  const verdicts = judgeCapacity(groups, ['A', 'B'], asked);
  const command = 'kuafu scale --app shop --group web --idc B --count 2 --template-ip 198.18.2.11 --start';
  const remedies = new Map(
    verdicts
      .filter(({ short }) => short > 0)
      .map((verdict) => [verdict, { room: 'B', count: 2, missing: verdict.short - 2, command, note: '' }]),
  );
  const at = '2026-11-25T03:00:00.000Z';
  return { at, sampleMs: 5000, question: asked, groups, verdicts, remedies, notes: ['web-b-2: no answer'] };
}
