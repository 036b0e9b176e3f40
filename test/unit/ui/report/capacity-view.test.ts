import { expect, it } from 'vitest';
import { isFinding } from '../../../../src/lib/report/capacity-report.js';
import { renderCsv } from '../../../../src/lib/ui/frame/csv.js';
import { renderCapacityPage } from '../../../../src/lib/ui/report/capacity-page.js';
import {
  renderCapacity,
  renderCapacityCsv,
  verdictSentence,
} from '../../../../src/lib/ui/report/capacity-view.js';
import { sampleCapacity } from '../../report/sample-capacity.js';

it('says the verdict, what it stands on, and what mends it', () => {
  expect(renderCapacity(sampleCapacity(), { width: 80 })).toBe(
    `shop/web without room A: SHORT BY 2 hosts: room B has 1 and needs 3
shop/web without room B: room A carries it: it has 4 hosts and needs 3

GROUP     ROOM  SERVE  CPU  REQ/S  IF IT IS LOST
shop/web  A     4/4    35%  200    250 requests/s, 100 a host (by CPU per
                                   request)
shop/web  B     1/2    35%  50.0   250 requests/s, 100 a host (by CPU per
                                   request)

kuafu scale --app shop --group web --idc B --count 2 --template-ip 198.18.2.11 --start`,
  );
});

it.each([
  ['idle', 2, 0, 'cannot be judged: no load was measured; room B has 2 hosts in service', false],
  ['idle', 0, 1, 'SHORT BY 1 host: room B has 0 and needs 1', true],
  ['unread', 2, 0, 'cannot be judged: the load of its hosts could not be read', true],
  ['unknown', 2, 0, 'cannot be judged: no load was measured, so the peak cannot be computed', true],
] as const)('%s with %i there says what is known', (basis, there, short, sentence, isBad) => {
  const about = { app: 'shop', group: 'web', lost: 'A', left: ['B'], demand: null, perHost: null };
  const verdict = { ...about, basis, there, short, needed: basis === 'idle' ? 1 : null };
  expect(verdictSentence(verdict)).toBe(`shop/web without room A: ${sentence}`);
  expect(isFinding(verdict)).toBe(isBad);
});

it('says what the pool lacks', () => {
  const text = renderCapacity(sampleCapacity({ perHost: 100, peak: { rate: 1200 } }));
  expect(text).toContain('SHORT BY 11 hosts: room B has 1 and needs 12');
  expect(text).toContain('room B lacks 9 spare hosts for the rest');
});

it('is a row for each verdict in CSV', () => {
  expect(renderCapacityCsv(sampleCapacity()).split('\n').slice(0, 2)).toEqual([
    'app,group,lost,left,basis,demand,per_host,needed,there,short,command',
    'shop,web,A,B,requests,250,100,3,1,2,kuafu scale --app shop --group web --idc B --count 2 --template-ip 198.18.2.11 --start',
  ]);
});

it.each([
  ['=cmd()', "'=cmd()"],
  ['a,"b"', '"a,""b"""'],
  ['red\u001b[31m', 'red'],
  [-1, '-1'],
  [null, ''],
])('%j in CSV is %s', (value, field) => {
  expect(renderCsv(['head'], [[value]])).toBe(`head\n${field}`);
});

it('makes a page that asks for nothing and obeys nobody', async () => {
  const report = sampleCapacity();
  const notes = ['</script><script>alert(1)</script>', '\u001b]0;title\u0007<img src=x onerror=alert(1)>'];
  const groups = report.groups.map((group) => ({ ...group, app: '</script><b>' }));
  const page = await renderCapacityPage({ ...report, groups, notes });
  const ours = page.replaceAll(/<script>[\s\S]*?<\/script>/g, '<script></script>');
  expect(ours).not.toMatch(/<(?:b|img)\b|alert\(1\)<\/script>|src=(?!x)|href=|url\(/);
  expect(page.match(/<script>/g)).toHaveLength(2);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toContain('</script><b>');
});

it('makes no green page of what cannot be judged', async () => {
  const report = sampleCapacity();
  const verdicts = report.verdicts.map((verdict) => ({
    ...verdict,
    basis: 'idle' as const,
    needed: 1,
    short: 0,
  }));
  const page = await renderCapacityPage({ ...report, verdicts });
  expect(page).toContain('<section class="verdict muted">');
  expect(page).toMatch(/<li class="muted">[^<]*cannot be judged/);
  expect(page).not.toContain('class="good"');
});

it('makes a page that says first what was asked, with numbers to the right', async () => {
  const page = await renderCapacityPage(sampleCapacity());
  const [asked, verdict, charts] = ['class="asked">Asked: ', 'class="verdict', 'class="charts"'].map((text) =>
    page.indexOf(text),
  );
  expect([asked, verdict, charts].every((at) => (at ?? -1) > 0)).toBe(true);
  expect(asked).toBeLessThan(verdict ?? 0);
  expect(verdict).toBeLessThan(charts ?? 0);
  expect(page.split('Asked: ')).toHaveLength(2);
  expect(page).toContain('<th class="number">Needed</th>');
  expect(page).toMatch(/<td class="number">\d+<\/td>/);
  expect(page).toContain('<th>Host</th>');
});
