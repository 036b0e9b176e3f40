import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSshFiles } from '../../../src/lib/config/ssh-files.js';
import { evaluate } from '../../../src/lib/ssh-config/evaluate.js';
import type { Machine } from '../../../src/lib/ssh-config/machine.js';
import type { ClientConfig } from '../../../src/lib/ssh-config/read.js';
import { type AskedFor, clientSettings } from '../../../src/lib/ssh-config/settings.js';

let folder: string;
const at = (path: string) => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-ssh-read-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
}

/** As a user with this home reads them, on a machine of the test's own; the files of the system are in etc. */
async function read(files: Readonly<Record<string, string>>, machine: Partial<Machine> = {}) {
  write(files);
  const faults: string[] = [];
  const report = (_path: unknown, message: string) => void faults.push(message);
  const { clientConfig } = await readSshFiles({}, folder, report, at('etc'));
  const config: ClientConfig | undefined = clientConfig && {
    files: clientConfig.files,
    machine: { ...clientConfig.machine, userName: 'me', ...machine },
  };
  const ask = (name: string, more: Partial<AskedFor> = {}) => {
    if (config === undefined) throw new Error('there is no ssh_config');
    return clientSettings(config, { names: [name], ...more });
  };
  return { config, faults, ask };
}

describe('which files count', () => {
  it('those of the user before those of the system', async () => {
    const { ask } = await read({
      '.ssh/config': 'Host web\n  User x\n',
      'etc/ssh_config': 'Host *\n  User y\n  Port 2201\n',
    });
    expect(ask('web')).toMatchObject({
      user: { value: 'x', origin: { file: at('.ssh/config'), line: 2 } },
      port: { value: 2201, origin: { file: at('etc/ssh_config'), line: 3 } },
    });
    expect(ask('db').user?.value).toBe('y');
  });

  it('the system alone, or none', async () => {
    expect((await read({ 'etc/ssh_config': 'User y\n' })).ask('web').user?.value).toBe('y');
    rmSync(at('etc'), { recursive: true });
    expect((await read({})).config).toBeUndefined();
  });

  it('includes without a whole path are beside the file that includes them', async () => {
    const { ask } = await read({
      '.ssh/config': 'Include mine conf.d/*\nInclude ~/elsewhere\n',
      '.ssh/mine': 'User x\n',
      '.ssh/conf.d/a': 'Port 2201\n',
      elsewhere: 'HostKeyAlias alias\n',
      'etc/ssh_config': 'Include ssh_config.d/*.conf\n',
      'etc/ssh_config.d/10.conf': 'ConnectTimeout 7\n',
    });
    expect(ask('web')).toMatchObject({
      user: { value: 'x' },
      port: { value: 2201 },
      hostKeyAlias: { value: 'alias' },
      connectTimeoutMs: { value: 7000, origin: { file: at('etc/ssh_config.d/10.conf'), line: 1 } },
    });
  });

  it('folders among what is included hold nothing, nor do links to nothing', async () => {
    write({ '.ssh/conf.d/sub/x': 'User no\n' });
    symlinkSync('sub', at('.ssh/conf.d/linked'));
    symlinkSync('gone', at('.ssh/conf.d/dangling'));
    const { ask, faults } = await read({
      '.ssh/config': 'Include conf.d/*\nInclude conf.d/l*/x conf.d/[z-a]\nPort 2201\n',
    });
    expect(faults).toEqual([]);
    expect(ask('web')).toMatchObject({ port: { value: 2201 }, user: { value: 'no' } });
  });

  it('a fault is told with its file and line', async () => {
    const { faults } = await read({ '.ssh/config': 'Include mine\n', '.ssh/mine': '\nPort high\n' });
    expect(faults).toEqual([
      `${at('.ssh/config')} cannot be used: ${at('.ssh/mine')}:2: port: it is no port`,
    ]);
    expect((await read({ '.ssh/mine': 'Include mine\n' })).faults[0]).toContain('perhaps in a circle');
    expect((await read({ '.ssh/mine': '', 'etc/ssh_config': 'Include ~/x\n' })).faults[0]).toContain(
      'ssh_config:1: include: Include ~/x is for the files of users',
    );
  });
});

describe('a host with a name and an address', () => {
  const files = {
    '.ssh/config': `Host web-*
  User x
Host 198.18.1.*
  Port 2201
Match host 198.18.1.11
  HostKeyAlias alias
Match originalhost web-1 !host db
  ConnectTimeout 7
Host * !198.18.9.*
  BindAddress 198.18.0.9
`,
  };

  it('has the sections of both, in the order of the file', async () => {
    const { ask } = await read(files);
    expect(ask('web-1', { address: '198.18.1.11' })).toMatchObject({
      user: { value: 'x' },
      port: { value: 2201 },
      hostKeyAlias: { value: 'alias' },
      connectTimeoutMs: { value: 7000 },
      bindAddress: { value: '198.18.0.9' },
    });
    expect(ask('web-1', { address: '198.18.9.11' }).bindAddress).toBeUndefined();
  });
});

describe('criteria that ssh 9.2 does not know', () => {
  const tags = 'Host web\n  Tag prod\nMatch tagged prod,test\n  User x\nMatch tagged ""\n  User y\n';

  it.each([
    ['Match localnetwork 198.18.0.0/16,fd00::/8\n  User x\n', 'x'],
    ['Match localnetwork 198.19.0.0/16\n  User x\n', undefined],
    ['Match !localnetwork 198.19.0.0/16\n  User x\n', 'x'],
    ['Match sessiontype exec\n  User x\n', 'x'],
    ['Match sessiontype shell,none\n  User x\n', undefined],
    [tags, 'x'],
  ])('%j: %s', async (text, user) => {
    const { ask } = await read({ '.ssh/config': text }, { addresses: () => ['127.0.0.1', '198.18.3.4'] });
    expect(ask('web').user?.value).toBe(user);
  });
});

describe('what is not followed', () => {
  it('is told for the hosts that it is for, with its line', async () => {
    const { config } = await read({
      '.ssh/config': `Host web
  BindInterface eth1
  RevokedHostKeys /etc/ssh/revoked
  KnownHostsCommand none
  Ciphers aes256-ctr
Match originalhost web exec "test -e /x" user me
  Port 2201
IgnoreUnknown Use*,x
UseSomething yes
AnotherThing yes
`,
    });
    if (config === undefined) throw new Error('nothing was read');
    const told = (name: string) =>
      evaluate(config, { names: [name] }).doubts.map(
        ({ origin, weight, sentence }) => `${origin.line} ${weight} ${sentence}`,
      );
    expect(told('web')).toEqual([
      '2 says BindInterface eth1: kuafu does not follow it',
      '3 says RevokedHostKeys /etc/ssh/revoked: kuafu does not follow it',
      '5 shows Ciphers aes256-ctr: kuafu does not follow it',
      '6 says Match exec test -e /x: kuafu runs no program to find out, so its section is left out',
    ]);
    expect(told('db')).toEqual([]);
  });

  it('an option that nobody knows is told, unless ssh_config says that it may be there', async () => {
    const { config } = await read({ '.ssh/config': 'NewThing yes\nIgnoreUnknown Other*\nOtherThing yes\n' });
    expect(config && evaluate(config, { names: ['web'] }).doubts.map(({ sentence }) => sentence)).toEqual([
      'newthing is no option that kuafu knows',
    ]);
  });

  it('RefuseConnection and what makes no sense for a host keep it from being reached', async () => {
    const { ask } = await read({
      '.ssh/config':
        'Host old\n  RefuseConnection "use new"\nHost web\n  UserKnownHostsFile ${KUAFU_NOT_SET}/x\n',
    });
    expect(ask('old').refusal).toMatchObject({ value: 'refuseconnection: use new', origin: { line: 2 } });
    expect(ask('web').refusal).toMatchObject({
      value: 'the variable KUAFU_NOT_SET is not set',
      origin: { line: 4 },
    });
    expect(ask('db').refusal).toBeUndefined();
  });
});

it.each([
  ['none', null],
  ['SSH_AUTH_SOCK', '/run/env.sock'],
  ['$OTHER', '/run/other.sock'],
  ['$NOT_SET', null],
  ['${OTHER}.2', '/run/other.sock.2'],
  ['~/agent', 'HOME/agent'],
  ['%d/%r', 'HOME/me'],
])('IdentityAgent %s is %s', async (written, socket) => {
  const env = { SSH_AUTH_SOCK: '/run/env.sock', OTHER: '/run/other.sock' };
  const { ask } = await read({ '.ssh/config': `IdentityAgent ${written}\n` }, { env });
  expect(ask('web').identityAgent?.value).toBe(socket?.replace('HOME', folder) ?? null);
});

it('IdentityFile none is no key, and tokens in User are replaced', async () => {
  const { ask } = await read({ '.ssh/config': 'IdentityFile none\nUser %u-%n\n' });
  expect(ask('web')).toMatchObject({ identityFiles: { value: [] }, user: { value: 'me-web' } });
});

it('tokens, variables and other accounts are replaced in the names of keys', async () => {
  const config = `Host web
  Port 2201
  IdentityFile %d/%p-%i-%l-%L
  IdentityFile \${OTHER}/k
  IdentityFile ~root/k
`;
  const machine = { env: { OTHER: '/run/other' }, userId: 1000, hostName: 'control.example.org' };
  const { ask } = await read({ '.ssh/config': config }, machine);
  expect(ask('web').identityFiles?.value).toEqual([
    at('2201-1000-control.example.org-control'),
    '/run/other/k',
    '/root/k',
  ]);
});
