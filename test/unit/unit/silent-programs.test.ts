import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReading } from '../../../src/lib/report/reading.js';
import { SpyHost } from '../../support/spy-host.js';

// A program that fails has given no answer; that is not the answer that there is nothing.
let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => host.close());

const MEMORY = '/run/kuafu/down/shop.service';

/** A systemd that answers all but what these patterns of sh say. */
function silentFor(pattern: string): void {
  host.program(
    'systemctl',
    `case "$*" in
${pattern.replaceAll(' ', '\\ ')}) echo 'Failed to connect to bus' >&2; exit 1 ;;
*RequiredBy*\\ shop.service | *Requires*\\ shop.service) echo Requires=worker.service ;;
is-active*) shift 2; for each; do echo active; done ;;
*InvocationID*) echo r1 ;;
esac`,
  );
}

describe.each([
  ['who depends on a unit', '*RequiredBy*'],
  ['who of them runs', 'is-active -- worker.service'],
])('where systemd does not say %s', (_, pattern) => {
  beforeEach(() => silentFor(pattern));

  it('a unit is not stopped, and what was recorded stays', () => {
    host.file(MEMORY, 'r1\ncron.service\n');
    const { status, calls } = host.run('unit/stop', ['shop.service', 'r1']);
    expect(status).not.toBe(0);
    expect(calls).not.toContain('systemctl stop -- shop.service');
    expect(host.read(MEMORY)).toBe('r1\ncron.service\n');
  });

  it('a look at it fails', () => {
    expect(host.run('unit/look', ['stop', 'shop.service']).status).not.toBe(0);
  });
});

it('where systemd does not say which run it is, a failed run is not taken for started', () => {
  silentFor('*InvocationID*');
  const { status, stdout } = host.run('unit/start', ['shop.service', 'r1']);
  expect({ failed: status !== 0, stdout }).toEqual({ failed: true, stdout: '' });
});

it('where systemd does not say what a unit needs, a look at it fails', () => {
  silentFor('*Requires*');
  expect(host.run('unit/look', ['start', 'shop.service']).status).not.toBe(0);
});

it('where systemd does not say who is up again, nobody is called up or down', () => {
  host.file(MEMORY, 'r1\nworker.service\n');
  silentFor('is-active*');
  const { status, stdout } = host.run('unit/sidecars', ['shop.service', 'forget']);
  expect({ failed: status !== 0, stdout }).toEqual({ failed: true, stdout: '' });
  expect(host.read(MEMORY)).toBe('r1\nworker.service\n');
});

it('where systemd does not list the failed units, it is no reading without any', () => {
  silentFor('list-units*');
  const { status, stdout } = host.run('report/reading', ['0']);
  expect({ failed: status !== 0, reading: parseReading(stdout) }).toEqual({
    failed: true,
    reading: undefined,
  });
});

it('where systemd does not say whether a unit runs, it is no fact that it does not', () => {
  silentFor('is-active*');
  expect(host.run('host/facts', ['unit=shop.service']).status).not.toBe(0);
});

it('where a file system cannot be asked, its disk is not full', () => {
  host.program('stat', 'exit 1');
  expect(host.run('host/facts', ['disk=/opt'])).toMatchObject({
    status: 69,
    stdout: expect.not.stringContaining('disk='),
  });
});

it('where the files of a template cannot be counted, it does not need nothing', () => {
  silentFor('none');
  host.program('find', 'exit 127');
  const { status, stdout } = host.run('copy/template', ['shop.service', '', '', host.folder]);
  expect(stdout).not.toContain('bytes 0');
  expect(status).not.toBe(0);
});
