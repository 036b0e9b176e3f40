import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintCommand, packCommand, weighCommand } from '../../src/lib/copy/archive.js';
import { manifestCommand } from '../../src/lib/copy/delta.js';
import { memberCommand } from '../../src/lib/copy/member-command.js';
import { placeCommand, receiveCommand } from '../../src/lib/copy/place.js';
import { unmovedHandler } from '../../src/lib/copy/unmoved.js';
import { envFactsCommand } from '../../src/lib/env/env-facts.js';
import { envRollbackHandler } from '../../src/lib/env/rollback.js';
import { envHandler } from '../../src/lib/env/write.js';
import { connectHandler } from '../../src/lib/host/connect.js';
import { hostFactsCommand } from '../../src/lib/host/host-facts.js';
import { readRun, readUnit } from '../../src/lib/host/unit.js';
import { followCommand } from '../../src/lib/logs/follow-command.js';
import { grepCommand } from '../../src/lib/logs/grep-command.js';
import { readingCommand } from '../../src/lib/report/reading-command.js';
import { removeHandler } from '../../src/lib/scale/remove.js';
import { FloorGuard } from '../../src/lib/traffic/floor-guard.js';
import { OutOfTraffic } from '../../src/lib/traffic/kept-out.js';
import { startHandler, stopHandler } from '../../src/lib/unit/run-of-unit.js';
import { serviceHandler } from '../../src/lib/unit/service.js';
import { sidecarsHandler } from '../../src/lib/unit/sidecars.js';
import { spoken, ToldHost } from '../support/told-host.js';

const packed = { codec: 'zstd', digest: 'd2', bytes: 5 } as const;
const tree = {
  paths: ['/opt/shop', '/etc/my shop'],
  exclude: ['/opt/shop/log'],
  digest: 'd1',
  bytes: 10,
  packed,
} as const;
const TREE = "'--exclude=./opt/shop/log' ./opt/shop './etc/my shop'";
const spool = '/var/lib/kuafu/261129-aaaa.1';
const filter = { grep: ['a b'], exclude: [], ignoreCase: true };

describe('a command for a host', () => {
  it.each([
    ['copy/fingerprint', fingerprintCommand(tree, 1), TREE],
    ['copy/weigh', weighCommand(tree, 'any', 1), `any ${TREE}`],
    ['copy/pack', packCommand(tree, 'zstd', 1), `zstd 0 0 ${TREE}`],
    ['copy/pack', packCommand(tree, 'zstd', 1, { bytes: 5, bytesPerSecond: 2 }), `zstd 5 2 ${TREE}`],
    ['copy/large-files', manifestCommand(tree), "/opt/shop '/etc/my shop'"],
    ['copy/place', placeCommand({ tree, packed }, spool, false, 1), `${spool} zstd '' '' ${TREE}`],
    [
      'copy/place',
      placeCommand({ tree, packed, replace: true }, spool, true, 1),
      `${spool} zstd d1 replace ${TREE}`,
    ],
    ['copy/one-hop', receiveCommand({ tree, packed }, spool, 1), `${spool} zstd d2 '' ${TREE}`],
    [
      'copy/member',
      memberCommand(spool, 'receiver', {
        operation: '261129-aaaa',
        packed,
        sources: ['198.18.1.0/24', '198.18.2.1'],
        bytesPerSecond: undefined,
        keys: { private: '', public: '' },
      }),
      `${spool} receiver 5 0 198.18.1.0/24,198.18.2.1 zstd`,
    ],
    [
      'env/read',
      envFactsCommand({ path: '/etc/a b', service: 'shop.service' }, 'both'),
      "262144 shop.service '/etc/a\\0040b' '/etc/a\\0040b.kuafu-prev'",
    ],
    [
      'host/facts',
      hostFactsCommand({ paths: ['/opt'], tools: ['tar'], units: ['shop.service'] }),
      "'disk=/opt' 'tool=tar' 'unit=shop.service'",
    ],
    [
      'logs/grep',
      grepCommand({ filter, context: 2, sinceMs: 1500, untilMs: 1500 }, 'shop.service'),
      "'' '' -aEi 2 'a b' '' shop.service 1 2",
    ],
    [
      'logs/follow',
      followCommand({ files: ['/var/log/*.log'], journal: undefined }, filter),
      "-aEi 'a b' '' '' 2000 '/var/log/*.log'",
    ],
    [
      'report/reading',
      readingCommand({ units: ['shop.service'], paths: ['/opt'], versionFiles: ['/opt/V'] }, 2000),
      "2 'unit=shop.service' 'disk=/opt' 'version=/opt/V'",
    ],
  ])('is %s', (script, command, words) => {
    expect(spoken(command)).toBe(`${script} ${words}`);
  });
});

describe('an action', () => {
  it('reads a unit, and which run of it there is', async () => {
    const { session, told, says } = new ToldHost();
    says['systemctl show'] = { stdout: 'ActiveState=active\n' };
    await readUnit(session, 'shop.service');
    await readRun(session, 'shop.service');
    expect(told).toEqual([
      "systemctl show '--property=LoadState,ActiveState,InvocationID,ActiveEnterTimestampMonotonic,Result,ExecMainStatus,NRestarts' -- shop.service",
      "systemctl show '--property=ActiveState,InvocationID,Type' -- shop.service",
    ]);
  });

  it('starts and stops a service for good', async () => {
    const { context, told } = new ToldHost();
    const unit = 'shop.service';
    const wantedIn = ['multi-user.target.wants'];
    await serviceHandler.apply({ kind: 'unit.state', unit, wanted: 'started', wantedIn }, context);
    await serviceHandler.apply({ kind: 'unit.state', unit, wanted: 'stopped' }, context);
    expect(told).toEqual([
      'unit/look start shop.service',
      'unit/enable shop.service multi-user.target.wants',
      'unit/disable shop.service down',
    ]);
  });

  it('looks how long a stop may take where there is one', async () => {
    const host = new ToldHost();
    host.says['unit/disable'] = { stdout: 'up\n' };
    await serviceHandler.apply({ kind: 'unit.state', unit: 'shop.service', wanted: 'stopped' }, host.context);
    expect(host.told).toEqual([
      'unit/disable shop.service down',
      'unit/look stop shop.service',
      'unit/disable shop.service',
    ]);
  });

  it('stops one run of a unit, and starts it', async () => {
    const { context, told } = new ToldHost();
    const unit = 'shop.service';
    const out = new OutOfTraffic();
    await stopHandler(new FloorGuard(), out).apply({ kind: 'unit.stop', unit, invocation: 'r1' }, context);
    await startHandler(out).apply({ kind: 'unit.start', unit }, context);
    expect(told).toEqual([
      'unit/look stop shop.service',
      'unit/stop shop.service r1',
      'unit/look start shop.service',
      "unit/start shop.service ''",
    ]);
  });

  it('starts again what went down with a unit', async () => {
    const host = new ToldHost();
    host.says['unit/look'] = { stdout: '= self\nId=shop.service\n= remembered\nId=worker.service\n' };
    await sidecarsHandler.apply({ kind: 'unit.sidecars', unit: 'shop.service' }, host.context);
    expect(host.told).toEqual(['unit/look start shop.service', 'unit/sidecars shop.service forget']);
  });

  it('writes an environment file, whose secrets are in no command', async () => {
    const { context, told, stdin, secrets } = new ToldHost();
    secrets.add('SHOP_PASSWORD', 'hunter2secret');
    const values = [{ name: 'PASSWORD', value: [{ secret: 'SHOP_PASSWORD' }] }];
    await envHandler.apply({ kind: 'env.write', path: '/etc/shop/env', mode: '640', values }, context);
    await envRollbackHandler.apply({ kind: 'env.rollback', path: '/etc/shop/env', version: '7 1' }, context);
    expect(told).toEqual([
      "env/put /etc/shop/env 640 '' '' drop /var/lib/kuafu/brought ''",
      "env/swap /etc/shop/env '7 1' /var/lib/kuafu/brought",
    ]);
    const [digest = '', ...content] = (stdin[0] ?? '').split('\n');
    expect(digest).toBe(createHash('sha256').update(content.join('\n')).digest('hex'));
    expect(content).toContain('PASSWORD="hunter2secret"');
  });

  it('holds a template against the digest of the plan', async () => {
    const host = new ToldHost();
    const said = { stdout: `${'a'.repeat(64)}  -\n`, stderr: 'Total bytes written: 10240 (10KiB, 1MiB/s)\n' };
    host.says['copy/fingerprint'] = said;
    const action = {
      kind: 'copy.check',
      from: 'web-a-01',
      tree: { ...tree, digest: 'a'.repeat(64) },
    } as const;
    await unmovedHandler.apply(action, host.context);
    expect(host.told).toEqual([`copy/fingerprint ${TREE}`]);
  });

  it('looks at a spare, and at what stands in the way there', async () => {
    const host = new ToldHost();
    host.says['host/facts'] = { stdout: 'arch=x86_64\nos=debian\ndisk=2000 1024 /opt\ntool=tar\n' };
    const need = {
      ...{ arch: 'x86_64', osId: 'debian', tools: ['tar'], idleUnit: 'shop.service' },
      diskFree: [{ path: '/opt', bytes: 1 }],
      place: { tree, env: '/etc/shop/env', replace: false },
    };
    await connectHandler.apply({ kind: 'host.connect', need }, host.context);
    expect(host.told).toEqual([
      "host/facts 'disk=/opt' 'tool=tar' 'unit=shop.service'",
      `copy/obstacles /var/lib/kuafu '' /etc/shop/env ${TREE}`,
    ]);
  });

  it('removes what was brought', async () => {
    const { context, told } = new ToldHost();
    const paths = ['/opt/shop', '/etc/shop/env'];
    await removeHandler.apply({ kind: 'scale.remove', paths, files: ['/etc/shop/env'] }, context);
    expect(told).toEqual(['copy/remove /var/lib/kuafu ./opt/shop file:/etc/shop/env parent:/etc/shop']);
  });
});
