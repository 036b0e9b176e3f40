import { describe, expect, it } from 'vitest';
import { parseReading } from '../../../src/lib/report/reading.js';
import { PRINTED } from './sample-reading.js';

describe('what a host says', () => {
  it('is read, with what passed between the samples', () => {
    expect(parseReading(PRINTED)).toEqual({
      os: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0',
      openssh: '9.2p1',
      cpus: 2,
      uptimeS: 1002,
      cpuBusy: 0.25,
      load: 0.5,
      memoryUsed: 0.75,
      fileSystems: [
        { mount: '/', used: 0.75, inodesUsed: 0.25 },
        { mount: '/data disk', used: 0, inodesUsed: null },
      ],
      units: [{ unit: 'shop.service', state: 'active', hasRun: true, cpusUsed: 0.125, cpus: 2 }],
      failedUnits: ['cron.service'],
      versions: new Map([['/opt/shop/VERSION', '1.0.0']]),
    });
  });

  it.each([
    ['quota=infinity', 'quota=1s500ms', { cpus: 1.5 }],
    ['quota=infinity', 'quota=250ms', { cpus: 0.25 }],
    ['quota=infinity', 'quota=9s', { cpus: 2 }],
    ['quota=infinity', 'quota=soon', { cpus: 2 }],
    ['ticks=425', 'nsec=4250000000', { cpusUsed: 0.125 }],
    ['ticks=425', 'ticks=3', { cpusUsed: null }],
    ['ticks=425', 'ticks=-1', { cpusUsed: null }],
    ['ticks=425', 'ticks=many', { cpusUsed: null }],
  ])('%s as %s is %j', (from, to, unit) => {
    expect(parseReading(PRINTED.replace(from, to))?.units).toMatchObject([unit]);
  });

  it.each([
    ['ActiveState=inactive;InvocationID=;ActiveEnterTimestampMonotonic=0;', false],
    ['ActiveState=inactive;InvocationID=;ActiveEnterTimestampMonotonic=4711;', true],
    ['ActiveState=failed;InvocationID=;ActiveEnterTimestampMonotonic=0;', true],
    ['', true],
  ])('knows of a unit with %j that it has run: %j', (run, hasRun) => {
    const printed = PRINTED.replace('quota=', `run=${run} shop.service\nquota=`);
    expect(parseReading(printed)?.units).toMatchObject([{ unit: 'shop.service', hasRun }]);
  });

  it.each([
    ['nothing', ''],
    ['half of it', PRINTED.replace('end=1\n', '')],
    ['no CPU', PRINTED.replace('cpus=2', 'cpus=0')],
    ['no sample', PRINTED.replaceAll('sample=', 'simple=')],
  ])('is no reading with %s', (_what, text) => {
    expect(parseReading(text)).toBeUndefined();
  });

  it('has no use without a second sample', () => {
    const once = PRINTED.replace(/sample=1000[\s\S]*(?=sample=1002)/, '');
    expect(parseReading(once)).toMatchObject({ cpuBusy: null, units: [{ cpusUsed: null }] });
  });
});
