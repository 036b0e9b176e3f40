import { describe, expect, it } from 'vitest';
import type { EnvConfig } from '../../../src/lib/config/config-types.js';
import { type EnvDifference, envDifferences, rollbackDifferences } from '../../../src/lib/env/env-diff.js';
import type { EnvFileState } from '../../../src/lib/env/env-facts.js';
import { envOfRoom, renderEnvFile } from '../../../src/lib/env/env-file.js';
import { EnvMask } from '../../../src/lib/env/env-mask.js';
import { Secrets } from '../../../src/lib/masking/secret.js';

const secrets = new Secrets();
secrets.add('DB_PASSWORD', 'hunter2hunter2');
const env: EnvConfig = {
  file: '/etc/shop/env',
  common: new Map([
    ['LEVEL', ['info']],
    ['DB', ['shop:', { secret: 'DB_PASSWORD' }, '@db-b']],
  ]),
  rooms: new Map([['A', new Map([['ONLY_A', [{ secret: 'DB_PASSWORD' }]]])]]),
  shared: [],
};
const wanted = envOfRoom(env, 'B');
const textOf = secrets.resolve.bind(secrets);
const right = renderEnvFile(wanted, textOf);

function file(text: string, more: Partial<EnvFileState> = {}): EnvFileState {
  const owner = 'root:root';
  return { kind: 'file', mode: '640', owner, login: owner, bytes: Buffer.from(text), ...more };
}

function differences(state: EnvFileState, access: Pick<EnvConfig, 'mode' | 'owner'> = {}): EnvDifference[] {
  return envDifferences(state, wanted, textOf, new EnvMask(env, secrets), access);
}

describe('the file of a host', () => {
  it('has no differences when it is what would be written', () => {
    expect(differences(file(right))).toEqual([]);
  });

  it.each<[string, EnvFileState, Partial<EnvDifference>]>([
    ['that is missing', { ...file(''), kind: 'missing', bytes: undefined }, { what: 'missing' }],
    ['that is a folder', { ...file(''), kind: 'other', bytes: undefined }, { what: 'kind', is: 'other' }],
    ['that is a link', file(right, { kind: 'link', mode: '777' }), { what: 'kind', is: 'link' }],
    ['of another mode', file(right, { mode: '644' }), { what: 'mode', is: '644', wanted: '640' }],
    [
      'with another value',
      file(right.replace('info', 'debug')),
      { what: 'value', name: 'LEVEL', is: 'debug', wanted: 'info' },
    ],
    [
      'without a value',
      file(right.replace('LEVEL="info"\n', '')),
      { what: 'lacking', name: 'LEVEL', is: null, wanted: 'info' },
    ],
    [
      'with a value of its own',
      file(`${right}MORE=1\n`),
      { what: 'unknown', name: 'MORE', is: '1', wanted: null },
    ],
    ['with a comment', file(`# by hand\n${right}`), { what: 'line', is: '# by hand' }],
    ['with a line that means nothing', file(`${right}hello\n`), { what: 'line', is: 'hello' }],
    ['in another order', file(right.split('\n').toReversed().join('\n')), { what: 'written' }],
    ['with another secret', file(right.replace('hunter2', 'other')), { what: 'value', is: '(hidden)' }],
  ])('%s differs in that alone', (_, state, expected) => {
    expect(differences(state)).toEqual([expect.objectContaining(expected)]);
  });

  it('keeps a mode and an owner that nobody set, and is open to nobody else', () => {
    const sourced = file(right, { mode: '400', owner: 'root:shop' });
    expect(differences(sourced)).toEqual([]);
    expect(differences({ ...sourced, mode: '605' })).toMatchObject([
      { what: 'mode', is: '605', wanted: '600' },
    ]);
    expect(differences(sourced, { mode: '440', owner: 'shop:shop' })).toMatchObject([
      { what: 'mode', is: '400', wanted: '440' },
      { what: 'owner', is: 'root:shop', wanted: 'shop:shop' },
    ]);
  });

  it('says so when systemd would refuse it', () => {
    expect(differences(file(`${right}X=\0`))[0]).toMatchObject({ what: 'refused' });
  });
});

describe('what may be secret on a host is never shown:', () => {
  it.each([
    ['an old secret under a name that is secret', 'DB="shop:old-secret@db-b"\n'],
    ['under a name that is secret in another room', 'ONLY_A=old-secret\n'],
    ['a known secret under another name', 'COPY=hunter2hunter2\n'],
    ['a known secret within a value', 'COPY=x-hunter2hunter2-y\n'],
    ['a name that says so', 'AWS_SECRET_ACCESS_KEY=old-secret\nSTRIPE_KEY=old-secret\n'],
    ['a password in a URL', 'CACHE=redis://:old-secret@cache\nQ=amqp://u:old-secret@q\n'],
    ['a value that was commented out', '# DB="old-secret"\n#export DB_PASSWORD=old-secret\n'],
    ['a known secret in a comment', '# it is hunter2hunter2\n'],
    ['a line of a key', '-----BEGIN\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwgg\n'],
    ['an assignment under no good name', 'my-password=old-secret\n'],
  ])('%s', (_, text) => {
    const shown = JSON.stringify(differences(file(text)));
    expect(shown).not.toMatch(/old-secret|hunter2|MIIE/);
    expect(shown).toMatch(/hidden|DB_PASSWORD/);
  });
});

describe('a rollback', () => {
  const back = (current: EnvFileState, previous: EnvFileState) =>
    rollbackDifferences(current, previous, new EnvMask(env, secrets));
  const line = { what: 'line', name: '' };

  it('changes the present file to the previous one', () => {
    const now = file('LEVEL=debug\nNEW=1\n# now\n# both\n');
    const then = file('LEVEL=info\nOLD=2\n# both\n# then\n', { mode: '600', owner: 'shop:shop' });
    expect(back(now, then)).toEqual([
      { what: 'mode', name: '', is: '640', wanted: '600' },
      { what: 'owner', name: '', is: 'root:root', wanted: 'shop:shop' },
      { what: 'value', name: 'LEVEL', is: 'debug', wanted: 'info' },
      { what: 'unknown', name: 'NEW', is: '1', wanted: null },
      { what: 'lacking', name: 'OLD', is: null, wanted: '2' },
      { ...line, is: '# now', wanted: null },
      { ...line, is: null, wanted: '# then' },
    ]);
  });

  it('shows no secret of either file', () => {
    const now = file('DB=old-secret-1\nPLAIN=x hunter2hunter2\n');
    const then = file('DB=old-secret-2\n# TOKEN=abc\n');
    expect(JSON.stringify(back(now, then))).not.toMatch(/old-secret|hunter2|abc/);
    expect(back(now, then)).toContainEqual({ what: 'value', name: 'DB', is: '(hidden)', wanted: '(hidden)' });
  });

  it('says where there is no file, or systemd refuses the previous one, and where nothing changes', () => {
    const missing: EnvFileState = { ...file(''), kind: 'missing', bytes: undefined };
    expect(back(missing, file('LEVEL=info\n'))).toMatchObject([{ what: 'missing' }, { what: 'lacking' }]);
    expect(back(file('LEVEL=info\n'), file('LEVEL=\0\n'))).toContainEqual(
      expect.objectContaining({ what: 'refused' }),
    );
    expect(back(file('LEVEL=info\n'), file('LEVEL=info\n'))).toEqual([]);
    expect(back(file('LEVEL=info\n'), file('LEVEL="info"\n'))).toMatchObject([{ what: 'written' }]);
  });
});
