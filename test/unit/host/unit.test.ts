import { describe, expect, it } from 'vitest';
import { readRun, readUnit } from '../../../src/lib/host/unit.js';
import { NoAnswerError } from '../../../src/lib/ssh/connect-error.js';
import { rejoinHandler } from '../../../src/lib/traffic/leave.js';
import { serviceHandler } from '../../../src/lib/unit/service.js';
import { ToldHost } from '../../support/told-host.js';

const SILENT = [
  ['fails', { exitCode: 1 }],
  ['fails with a word', { exitCode: 1, stderr: 'Failed to connect to bus', stdout: 'ActiveState=active\n' }],
  ['says nothing', { stdout: '' }],
  ['says something else', { stdout: 'Welcome!\nActiveState=\n' }],
] as const;

function hostThatSays(answer: ToldHost['says'][string]): ToldHost {
  const host = new ToldHost();
  host.says['systemctl show'] = answer;
  return host;
}

describe.each(SILENT)('a systemctl that %s', (_, answer) => {
  it('is no unit that is stopped', async () => {
    const { session } = hostThatSays(answer);
    await expect(readUnit(session, 'shop.service')).rejects.toThrow(NoAnswerError);
    await expect(readRun(session, 'shop.service')).rejects.toThrow(
      /^web-b-01 could not be asked: systemctl show shop/,
    );
  });

  it('keeps no host out of traffic as one that was stopped', async () => {
    const { context } = hostThatSays(answer);
    const action = { kind: 'traffic.rejoin', unit: 'shop.service', invocation: 'abc', servers: [] } as never;
    await expect(rejoinHandler.apply(action, context)).rejects.toThrow(NoAnswerError);
  });

  it('is no service that was stopped or started', async () => {
    const { context } = hostThatSays(answer);
    for (const wanted of ['stopped', 'started'] as const)
      await expect(
        serviceHandler.probe?.({ kind: 'unit.state', unit: 'shop.service', wanted }, context),
      ).rejects.toThrow(NoAnswerError);
  });
});

it.each([
  ['active', true, false],
  ['inactive', false, true],
  ['failed', false, true],
  ['activating', false, false],
  ['deactivating', false, false],
  ['reloading', false, false],
])('a unit that is %s: started %s, stopped %s', async (state, isStarted, isStopped) => {
  const { context } = hostThatSays({ stdout: `ActiveState=${state}\n` });
  const probe = (wanted: 'started' | 'stopped') =>
    serviceHandler.probe?.({ kind: 'unit.state', unit: 'shop.service', wanted }, context);
  expect([await probe('started'), await probe('stopped')]).toEqual([isStarted, isStopped]);
});
