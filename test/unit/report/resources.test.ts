import { describe, expect, it } from 'vitest';
import { resourceFindings } from '../../../src/lib/report/resources.js';
import { findingLines } from '../../../src/lib/ui/report/finding-view.js';
import {
  renderResources,
  renderResourcesCsv,
  renderResourcesPage,
} from '../../../src/lib/ui/report/resource-use-view.js';
import { sampleResources, silent, THRESHOLDS, use } from './sample-resources.js';

const SOUND = [['failed=cron.service', 'failed=']] as const;

describe('what is found', () => {
  it.each([
    ['nothing', [], []],
    ['a busy CPU', [['8300', '8000']], ['web-b-1: CPU at 100%, above 85%']],
    ['load', [['load=0.50', 'load=5.00']], ['web-b-1: load per CPU at 2.5, above 2']],
    ['memory', [['memavailable=250000', 'memavailable=0']], ['web-b-1: memory at 100%, above 90%']],
    ['a full disk', [['2000 0 2000', '2000 1900 100']], ['web-b-1: disk /data disk at 95%, above 85%']],
    ['no inodes', [['100 25', '100 99']], ['web-b-1: inodes / at 99%, above 85%']],
    ['a stopped service', [['state=active', 'state=inactive']], ['web-b-1: shop.service is inactive']],
    ['a failed unit', [['failed=', 'failed=cron.service']], ['web-b-1: cron.service failed']],
    ['hostile words', [['failed=', 'failed=\u001b[2Jx\u202e.service']], ['web-b-1: x\\u202e.service failed']],
  ] as const)('%s', (_what, changes, lines) => {
    expect(findingLines(resourceFindings([use('web-b-1', [...SOUND, ...changes])], THRESHOLDS))).toEqual(
      lines,
    );
  });

  it('a host that did not answer, and one of another version than most', () => {
    const hosts = [
      use('web-b-1', SOUND),
      use('web-b-2', SOUND),
      use('web-b-4', SOUND, '0.9'),
      silent('web-b-3'),
    ];
    expect(findingLines(resourceFindings(hosts, THRESHOLDS))).toEqual([
      'web-b-3: no answer',
      'web-b-4: shop is 0.9, most of shop/web have 1.0.0',
    ]);
  });
});

it('shows findings once, then the highest of each group and room', () => {
  expect(renderResources(sampleResources(), false, { width: 80 })).toBe(
    `web-b-[1-2]: cron.service failed
web-b-3: no answer

GROUP     ROOM  HOSTS  CPU  LOAD  MEM  DISK  INODES  VERSION
shop/web  B     2/3    25%  0.5   75%  75%   25%     1.0.0`,
  );
});

it('has a row for every host, silent ones too', async () => {
  expect(renderResources(sampleResources(), true, { width: 80 })).toMatch(/^web-b-3 .* no answer$/m);
  expect(renderResourcesCsv(sampleResources())).toMatch(/^web-b-3,B,shop\/web,unreachable,,/m);
  expect(await renderResourcesPage(sampleResources())).toContain('<td>web-b-3</td>');
});
