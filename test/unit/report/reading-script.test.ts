import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseReading } from '../../../src/lib/report/reading.js';
import { readingCommand } from '../../../src/lib/report/reading-command.js';
import { SpyHost } from '../../support/spy-host.js';
import { spoken } from '../../support/told-host.js';

it('report/reading says of this machine what the program reads', () => {
  const host = new SpyHost();
  try {
    host.program(
      'systemctl',
      `case "$*" in
is-active*) echo active ;;
*CPUUsageNSec*) echo 5000000000 ;;
*CPUQuota*) echo 1.5s ;;
*InvocationID*) printf 'ActiveState=inactive\\nInvocationID=\\nActiveEnterTimestampMonotonic=0\\n' ;;
list-units*) echo 'cron.service loaded failed failed Jobs' ;;
esac`,
    );
    const version = join(host.folder, 'VERSION');
    writeFileSync(version, '1.2.3\nmore\n');
    const wanted = { units: ['shop.service'], paths: ['/no such/folder'], versionFiles: [version] };
    expect(spoken(readingCommand(wanted, 0))).toMatch(/^report\/reading 0 /);
    const words = ['0', 'unit=shop.service', 'disk=/no such/folder', `version=${version}`];
    const { status, stdout } = host.run('report/reading', words);
    expect(status).toBe(0);
    expect(parseReading(stdout)).toMatchObject({
      cpus: expect.any(Number),
      fileSystems: [{ mount: '/' }],
      units: [{ unit: 'shop.service', state: 'active', hasRun: false, cpus: 1.5 }],
      failedUnits: ['cron.service'],
      versions: new Map([[version, '1.2.3']]),
    });
  } finally {
    host.close();
  }
});
