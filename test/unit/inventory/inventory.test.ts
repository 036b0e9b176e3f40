import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/lib/config/load.js';
import { UsageError } from '../../../src/lib/errors.js';
import { buildInventory, type Inventory } from '../../../src/lib/inventory/inventory.js';
import { parseJump } from '../../../src/lib/ssh-config/jump.js';

const CONFIG = `
rooms:
  A:
    network: 198.18.1.0/24
    gateway: {host: gw-a, address: 198.18.1.1, outOfBand: 203.0.113.11}
    hosts: {'web-a-[1,2,10]': '198.18.1.[11-13]', lb-a: 198.18.1.5}
    spare: {'new-a-[1-2]': '198.18.1.[101-102]'}
  B:
    network: fd00:2::/64
    gateway: {host: gw-b, outOfBand: 203.0.113.12}
    hosts: {web-b-1: 'fd00:2::11'}
    spare: {'new-b-[1,2,10]': 'fd00:2::10[1-3]'}
    ssh: {proxyJump: gw-b, user: ops}
apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    groups: {web: {A: 'web-a-[1,2,10]', B: web-b-1}, api: {A: web-a-10}}
  mail: {service: mail.service, files: [/opt/mail], groups: {web: {A: web-a-1}}}
`;

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kuafu-inventory-'));
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

const ASSIGNED = [
  { host: 'new-b-2', app: 'shop', group: 'web', room: 'B' },
  { host: 'gone-1', app: 'shop', group: 'web', room: 'B' },
];

async function build({ ssh = '', client = {} }: { ssh?: string; client?: Record<string, string> } = {}) {
  await mkdir(join(home, '.ssh'), { recursive: true });
  for (const [name, text] of Object.entries(client)) await writeFile(join(home, '.ssh', name), text);
  const file = join(home, 'kuafu.config.yaml');
  await writeFile(file, `${ssh}\n${CONFIG}`);
  return buildInventory(await loadConfig({ file, env: { HOME: home } }), ASSIGNED);
}

/** How the jump host is reached that this part of a ProxyJump names. */
function jump(inventory: Inventory, spelling: string, target = 'web-a-1') {
  const parsed = parseJump(spelling);
  if (parsed === undefined) throw new Error(`${spelling} is no jump host`);
  return inventory.jumpHost(parsed, inventory.host(target)).ssh;
}

const names = (hosts: Iterable<{ name: string }>) => [...hosts].map(({ name }) => name);

describe('the inventory', () => {
  it('knows every host, in natural order', async () => {
    const inventory = await build();
    expect(names(inventory.hosts.values()).join(' ')).toBe(
      'gw-a gw-b lb-a new-a-1 new-a-2 new-b-1 new-b-2 new-b-10 web-a-1 web-a-2 web-a-10 web-b-1',
    );
    expect(inventory.host('gw-b').ssh.address).toBe('203.0.113.12');
    expect(inventory.byAddress('198.18.1.12')?.name).toBe('web-a-2');
    expect(inventory.byAddress('FD00:2:0::11')?.name).toBe('web-b-1');
    expect(inventory.byAddress('[fd00:2::11]')?.name).toBe('web-b-1');
    expect(inventory.byAddress('198.18.1.99')).toBeUndefined();
    expect(inventory.host('FD00:2:0::11').name).toBe('web-b-1');
    expect(['198.18.1.1', '203.0.113.11'].map((address) => inventory.host(address).name)).toEqual([
      'gw-a',
      'gw-a',
    ]);
    expect(() => inventory.host('web-a-3')).toThrow("there is no host web-a-3 (did you mean 'web-a-1'?)");
  });

  it('counts an assigned spare as a member', async () => {
    const inventory = await build();
    expect(inventory.host('new-b-2').role).toBe('member');
    expect(names(inventory.spares('B'))).toEqual(['new-b-1', 'new-b-10']);
    expect(names(inventory.members('shop', 'web', 'B'))).toEqual(['new-b-2', 'web-b-1']);
    expect(names(inventory.members('shop', 'api', 'B'))).toEqual([]);
    expect(() => inventory.members('shop', 'wbe', 'B')).toThrow(
      "no group of app shop wbe (did you mean 'web'?)",
    );
    expect(() => inventory.members('shoop', 'web', 'B')).toThrow(UsageError);
    expect(() => inventory.members('shop', 'web', 'C')).toThrow('there is no room C');
  });

  it.each([
    ['web-a-[1-2]', 'web-a-1 web-a-2'],
    ['@app:shop&@idc:B', 'new-b-2 web-b-1'],
    ['@app:shop!@room:B', 'web-a-1 web-a-2 web-a-10'],
    ['@app:shop&@idc:A!web-a-2', 'web-a-1 web-a-10'],
    ['@group:web&@app:mail', 'web-a-1'],
    ['@role:spare', 'new-a-1 new-a-2 new-b-1 new-b-10'],
    ['@all', 'lb-a new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['@idc:B', 'new-b-2 web-b-1'],
    ['@idc:B,new-b-10', 'new-b-2 new-b-10 web-b-1'],
    ['@idc:B&@role:spare', 'new-b-1 new-b-10'],
    ['@all&gw-a', 'gw-a'],
    ['@all,@role:gateway!@role:member', 'gw-a gw-b'],
    // Who takes spare hosts out does not name them for what comes after.
    ['@idc:A!@role:spare,@idc:B', 'lb-a new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['@app:shop!new-b-1,@idc:B', 'new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['new-b-1!new-b-1,@idc:B', 'new-b-2 web-b-1'],
    ['web-b-1&new-b-1,@idc:B', 'new-b-2 web-b-1'],
    ['new-b-1^new-b-1,@idc:B', 'new-b-2 web-b-1'],
    ['@role:spare!@idc:B', 'new-a-1 new-a-2'],
    ['@idc:B^new-b-1', 'new-b-1 new-b-2 web-b-1'],
    ['@idc:B^@role:member', 'lb-a web-a-1 web-a-2 web-a-10'],
    ['web-*', 'web-a-1 web-a-2 web-a-10 web-b-1'],
    ['web-?-1,', 'web-a-1 web-b-1'],
    ['*-[1-2]', 'new-b-2 web-a-1 web-a-2 web-b-1'],
    ['new-*', 'new-b-2'],
    ['new-*&@role:spare', 'new-a-1 new-a-2 new-b-1 new-b-10'],
    ['@app:*', 'new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['@app:m*', 'web-a-1'],
    ['@idc:?!@group:w*', 'lb-a'],
    ['@role:g*', 'gw-a gw-b'],
    ['198.18.1.[11-12]', 'web-a-1 web-a-2'],
    ['198.18.1.1*', 'web-a-1 web-a-2 web-a-10'],
    ['@idc:B!fd00:2::11', 'new-b-2'],
    ['[FD00:2:0::101]', 'new-b-1'],
  ])('selects %s', async (expression, selected) => {
    expect(names((await build()).select(expression)).join(' ')).toBe(selected);
  });

  it.each([
    ['web-a-[1-3]', "there is no host web-a-3 (did you mean 'web-a-1'?)"],
    ['@app:shp', "there is no app shp (did you mean 'shop'?)"],
    ['@idc:C', 'there is no room C'],
    ['@group:wbe', "there is no group wbe (did you mean 'web'?)"],
    ['@role:spares', "there is no role spares (did you mean 'spare'?)"],
    ['@rack:1', 'there is no group source @rack'],
    ['lb-a!lb-a', 'leaves no host'],
    ['db-*', 'there is no host db-*'],
    ['@app:x*', 'there is no app x*'],
    ['198.18.1.99', 'there is no host 198.18.1.99'],
    ['new-a-*', 'leaves no host'],
    ['@all!@role:member', 'leaves no host'],
  ])('does not select %s', async (expression, sentence) => {
    const inventory = await build();
    expect(() => inventory.select(expression)).toThrow(UsageError);
    expect(() => inventory.select(expression)).toThrow(sentence);
  });
});

describe('names that the ledger may know alone', () => {
  it.each([
    ['gone-[1-2]', 'gone-1 gone-2'],
    ['new-b-*,', 'new-b-1 new-b-2 new-b-10'],
    ['fd00:2::101,198.18.1.101', 'new-b-1 new-a-1'],
  ])('%s', async (expression, names) => {
    expect((await build()).names(expression).join(' ')).toBe(names);
  });

  it('are no groups', async () => {
    const inventory = await build();
    expect(() => inventory.names('@role:spare')).toThrow('groups cannot stand here');
  });
});

describe('the way to a host', () => {
  it('is said by its room over the ssh section over the defaults', async () => {
    const inventory = await build({
      ssh: 'ssh: {user: root, port: 2022, identityFile: ~/key, connectTimeout: 5s}',
    });
    expect(inventory.host('web-a-1').ssh).toEqual({
      address: '198.18.1.11',
      port: 2022,
      user: 'root',
      identityFiles: [join(home, 'key')],
      proxyJump: [],
      hostKeys: 'strict',
      connectTimeoutMs: 5000,
      proxyCommand: undefined,
    });
    expect(inventory.host('web-b-1').ssh).toMatchObject({ user: 'ops', port: 2022, proxyJump: ['gw-b'] });
    expect(inventory.host('gw-b').ssh.proxyJump).toEqual([]);
  });

  it('takes new keys of spare hosts alone', async () => {
    const inventory = await build({ ssh: 'ssh: {hostKeys: accept-new}' });
    const kinds = ['new-b-1', 'new-b-2', 'web-b-1', 'gw-b'].map((name) => inventory.host(name).ssh.hostKeys);
    expect(kinds).toEqual(['accept-new', 'strict', 'strict', 'strict']);
  });

  it('takes from ssh_config what the configuration leaves open', async () => {
    const config = `
Include extra/none* more
User everyone
Host web-a-*
  HostName 203.0.113.77
  Port 2201
  IdentityFile ~/.ssh/%n-%r
  StrictHostKeyChecking no
Host web-a-2
  Port 2299
Host 198.18.1.*
  ProxyJump jump,gw-a
Host new-a-?
  StrictHostKeyChecking accept-new
  ProxyCommand nc %h %p
  UserKnownHostsFile ~/.ssh/spare_hosts
Match exec "touch ${home}/trace"
  Port 1
`;
    const more = 'Host lb-a\n  User balancer\nHost jump\n  HostName %h.example\n  User jumper\n';
    const inventory = await build({ ssh: 'ssh: {connectTimeout: 5s}', client: { config, more } });
    expect(inventory.host('web-a-2').ssh).toMatchObject({
      address: '198.18.1.12',
      port: 2201,
      user: 'everyone',
      identityFiles: [join(home, '.ssh/web-a-2-everyone')],
      proxyJump: ['jump', 'gw-a'],
      hostKeys: 'strict',
    });
    expect(inventory.host('lb-a').ssh).toMatchObject({ user: 'balancer', port: 22 });
    expect(inventory.host('new-a-1').ssh).toMatchObject({
      hostKeys: 'accept-new',
      knownHosts: [join(home, '.ssh/spare_hosts'), '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    });
    expect(inventory.host('new-a-1').ssh.proxyCommand).toBeUndefined();
    expect(inventory.host('web-a-2').ssh.knownHosts).toBeUndefined();
    expect(inventory.host('web-b-1').ssh).toMatchObject({ user: 'ops', proxyJump: ['gw-b'] });
  });

  describe('over a jump host', () => {
    const config = `
Host gw
  HostName 203.0.113.9
  User jumper
  Port 2299
  IdentityFile ~/.ssh/%n
Match user ops
  IdentityFile ~/.ssh/ops
Host *
  User everyone
  ProxyJump none
`;
    const spellings = {
      gw: { address: '203.0.113.9', user: 'jumper', port: 2299, identityFiles: ['gw'] },
      'ops@gw': { address: '203.0.113.9', user: 'ops', port: 2299, identityFiles: ['gw', 'ops'] },
      'gw:2201': { address: '203.0.113.9', user: 'jumper', port: 2201, identityFiles: ['gw'] },
      'ssh://ops@gw:2201': { address: '203.0.113.9', user: 'ops', port: 2201, identityFiles: ['gw', 'ops'] },
      bastion: { address: 'bastion', user: 'everyone', port: 22 },
      'bastion.example.org': { address: 'bastion.example.org', user: 'everyone', port: 22 },
      'ops@198.51.100.9': { address: '198.51.100.9', user: 'ops', port: 22, identityFiles: ['ops'] },
    };

    it.each(Object.entries(spellings))('%s is where ssh_config says', async (spelling, wanted) => {
      const inventory = await build({ ssh: 'ssh: {user: root, port: 22}', client: { config } });
      const files = 'identityFiles' in wanted ? wanted.identityFiles : undefined;
      expect(jump(inventory, spelling)).toMatchObject({
        ...wanted,
        ...(files && { identityFiles: files.map((name) => join(home, '.ssh', name)) }),
        hostKeys: 'strict',
        proxyJump: [],
      });
    });

    it.each([
      ['ProxyJump %r@gw-%n.%h:2%%', undefined],
      ['ProxyJump %r@gw-%n-%p.example.org', ['ops@gw-web-a-1-2022.example.org']],
      ['ProxyJump one,ssh://me@two:99', ['one', 'me@two:99']],
      ['ProxyJump none\n  ProxyCommand nc %h %p', []],
      ['ProxyCommand none\n  ProxyJump gw', []],
      ['ProxyCommand nc %h %p\n  ProxyJump gw', 'nc %h %p'],
    ])('%j is %j', async (said, wanted) => {
      const config = `Host web-a-1\n  ${said}\n  Port 2022\n  User ops\nHost *\n  ProxyJump other\n`;
      const building = build({ client: { config } });
      if (wanted === undefined) return expect(building).rejects.toThrow('no jump host');
      const { proxyJump, proxyCommand } = (await building).host('web-a-1').ssh;
      expect(proxyCommand ?? proxyJump).toEqual(wanted);
    });

    it('one of ours is ours, by its name and its address, with another account and port if so said', async () => {
      const inventory = await build({ client: { config: 'Host gw-a\n  User other\n' } });
      for (const spelling of ['gw-a', '198.18.1.1'])
        expect(jump(inventory, spelling)).toBe(inventory.host('gw-a').ssh);
      expect(jump(inventory, 'me@gw-a:2201')).toMatchObject({
        address: '198.18.1.1',
        user: 'me',
        port: 2201,
      });
      const keyed = await build({ client: { config: 'Match user me\n  IdentityFile /keys/%r@%n\n' } });
      expect(jump(keyed, 'me@gw-a').identityFiles).toEqual(['/keys/me@gw-a']);
    });

    it('without a word of ssh_config it has the account of the room, or the usual one, and never its port', async () => {
      const inventory = await build({ ssh: 'ssh: {identityFile: ~/key, port: 2222}' });
      expect(jump(inventory, 'bastion', 'web-b-1')).toMatchObject({
        user: 'ops',
        port: 22,
        identityFiles: [join(home, 'key')],
        proxyJump: [],
      });
      expect(jump(inventory, 'bastion', 'web-a-1').user).toBe(userInfo().username);
    });
  });

  it('tells of a ProxyCommand, which we do not run', async () => {
    const client = { config: 'Host web-a-1 lb-a\n  ProxyCommand nc %h %p\nHost lb-a\n  ProxyCommand none\n' };
    expect((await build({ client })).host('web-a-1').ssh.proxyCommand).toBe('nc %h %p');
    const inventory = await build({ client, ssh: 'ssh: {proxyJump: gw-a}' });
    expect(inventory.host('web-a-1').ssh.proxyCommand).toBeUndefined();
    expect(
      (await build({ client, ssh: 'ssh: {configFile: none}' })).host('lb-a').ssh.proxyCommand,
    ).toBeUndefined();
  });

  it('says which ssh_config cannot be used', async () => {
    await expect(build({ ssh: 'ssh: {configFile: ~/gone}' })).rejects.toThrow(
      /1:19: ssh.configFile: .*gone cannot be used/,
    );
    await expect(build({ client: { config: 'Host "web\n' } })).rejects.toThrow('.ssh/config cannot be used');
  });
});
