import { afterEach, describe, expect, it, test } from 'vitest';
import { PlacedHost } from '../../support/placed-host.js';

// A pipeline ends as its last part does: what a part before it could not do, such as a sort without room for its files, looks
// like nothing at all.
let host: PlacedHost;
afterEach(() => host.close());

const PROGRAMS = ['sort', 'uniq', 'cut', 'tr', 'awk', 'find', 'cat', 'sed', 'readlink', 'stat'];
const OTHERS = { 'uploads/a': 'a', 'uploads/b': 'b', z: 'z' };
const WAYS = {
  'does nothing': 'exit 2',
  'is killed': 'kill -9 $$',
  'stops half-way': (program: string) => `/bin/${program} "$@" | head -c 40; exit 2`,
};

describe.each(PROGRAMS)('where %s of a host', (program) => {
  it.each(Object.entries(WAYS))('%s, nothing goes that was not brought', (_, way) => {
    host = new PlacedHost();
    host.pack({ 'bin/shop': 'shop', 'lib/a': 'a' });
    expect(host.place()).toMatchObject({ status: 0, stderr: '' });
    host.put(OTHERS);
    const disturbed = { program, script: typeof way === 'string' ? way : way(program) };
    for (const run of [() => host.place(), () => host.remove()]) {
      host.disturbance = disturbed;
      run();
      host.disturbance = undefined;
      host.place();
      expect(host.files()).toMatchObject(OTHERS);
    }
  });
});

test('what every program says of a library that is not there is no loss', () => {
  host = new PlacedHost();
  host.pack({ 'bin/shop': 'shop' });
  const words =
    "ERROR: ld.so: object '/a.so' from /etc/ld.so.preload cannot be preloaded (cannot open shared object file): ignored.";
  host.disturbance = { program: 'tar', script: `echo "${words}" >&2` };
  expect(host.place()).toMatchObject({ status: 0 });
  host.disturbance = { program: 'tar', script: `echo "${words}\ntar: a: Cannot set capabilities" >&2` };
  expect(host.place()).toMatchObject({
    status: 66,
    stderr: expect.stringContaining('Cannot set capabilities'),
  });
});
