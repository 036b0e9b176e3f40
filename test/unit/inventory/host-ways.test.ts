import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../src/lib/inventory/inventory.js';
import { parseJump } from '../../../src/lib/ssh-config/jump.js';
import { build, home, useHome } from '../config/ansible/written-inventory.js';

useHome();

/** How the jump host is reached that this part of a ProxyJump names. */
function jump(inventory: Inventory, spelling: string, target = 'web-a-1') {
  const parsed = parseJump(spelling);
  if (parsed === undefined) throw new Error(`${spelling} is no jump host`);
  return inventory.jumpHost(parsed, inventory.host(target)).ssh;
}

describe('the way to a host', () => {
  it('is said by its room over the ssh section over the defaults', async () => {
    const inventory = await build({
      ssh: 'ssh: {user: root, port: 2022, identityFile: ~/key, connectTimeout: 5s}',
    });
    expect(inventory.host('web-a-1').ssh).toEqual({
      address: '198.18.1.11',
      port: 2022,
      user: 'root',
      identityFiles: [join(home(), 'key')],
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
Match exec "touch ${home()}/trace"
  Port 1
`;
    const more = 'Host lb-a\n  User balancer\nHost jump\n  HostName %h.example\n  User jumper\n';
    const inventory = await build({ ssh: 'ssh: {connectTimeout: 5s}', client: { config, more } });
    expect(inventory.host('web-a-2').ssh).toMatchObject({
      address: '198.18.1.12',
      port: 2201,
      user: 'everyone',
      identityFiles: [join(home(), '.ssh/web-a-2-everyone')],
      proxyJump: ['jump', 'gw-a'],
      hostKeys: 'strict',
    });
    expect(inventory.host('lb-a').ssh).toMatchObject({ user: 'balancer', port: 22 });
    expect(inventory.host('new-a-1').ssh).toMatchObject({
      hostKeys: 'accept-new',
      knownHosts: [join(home(), '.ssh/spare_hosts'), '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
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
        ...(files && { identityFiles: files.map((name) => join(home(), '.ssh', name)) }),
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

    it('a gateway that is named by its out-of-band address is reached there, and never over itself', async () => {
      const inventory = await build({ ssh: 'ssh: {proxyJump: ops@203.0.113.11:2201}' });
      expect(jump(inventory, '203.0.113.11')).toMatchObject({ address: '203.0.113.11', proxyJump: [] });
      const { proxyJump } = inventory.host('web-a-1').ssh;
      expect(proxyJump).toEqual(['ops@203.0.113.11:2201']);
      expect(jump(inventory, proxyJump.join())).toMatchObject({
        address: '203.0.113.11',
        user: 'ops',
        port: 2201,
        proxyJump: [],
      });
      expect(inventory.host('gw-a').ssh).toMatchObject({ address: '198.18.1.1', proxyJump: [] });
    });

    it('without a word of ssh_config it has the account of the room, or the usual one, and never its port', async () => {
      const inventory = await build({ ssh: 'ssh: {identityFile: ~/key, port: 2222}' });
      expect(jump(inventory, 'bastion', 'web-b-1')).toMatchObject({
        user: 'ops',
        port: 22,
        identityFiles: [join(home(), 'key')],
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
