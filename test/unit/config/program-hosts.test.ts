import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildInventory } from '../../../src/lib/inventory/inventory.js';
import { APP, print, withProgram } from './with-program.js';

const place = withProgram();

describe('hosts of an inventory program', () => {
  it('join their rooms, by kuafu_room or by address, and groups can name them', async () => {
    const config = await place.load(
      print({
        'web-1': { ansible_host: '198.18.1.11', ansible_user: 'ops' },
        'web-2.example.org': { ansible_host: '198.18.1.12', ansible_port: 2222 },
        new_1: { ansible_host: '198.18.2.3', kuafu_room: 'B', kuafu_spare: 'yes' },
        '198.18.2.4': {},
        'fd00:3::5': {},
        'named.example.org': {
          kuafu_room: 'B',
          ansible_ssh_common_args: '-J gw-a,ops@gw-b.example.org:2201',
        },
        'gw-a': { ansible_host: '198.18.1.1' },
        'else.where': { ansible_host: '192.0.2.1', ansible_port: '{{ port }}' },
        'else.where-2': { ansible_host: '192.0.2.2' },
        win: { ansible_connection: 'winrm', ansible_host: '198.18.1.99' },
      }),
      'apps: {shop: {service: s.service, files: [/opt/s], groups: {web: {A: "web-1,web-2.example.org"}}}}',
    );
    expect([...(config.rooms.get('A')?.hosts.keys() ?? [])]).toEqual(
      ['web-1', 'web-1', 'web-2.example.org', 'gw-a'].slice(1),
    );
    expect([...(config.rooms.get('B')?.spare ?? [])]).toEqual([['new_1', '198.18.2.3']]);
    expect([...(config.rooms.get('B')?.hosts ?? [])]).toEqual([
      ['198.18.2.4', '198.18.2.4'],
      ['named.example.org', 'named.example.org'],
    ]);
    expect([...(config.rooms.get('C')?.hosts.keys() ?? [])]).toEqual(['fd00:3::5']);
    expect(config.hostSsh?.get('web-2.example.org')).toEqual({ port: 2222, user: undefined });
    const inventory = buildInventory(config, []);
    expect(inventory.host('gw-a').role).toBe('gateway');
    expect(inventory.host('198.18.1.12').name).toBe('web-2.example.org');
    expect(inventory.select('*.example.org,198.18.2.4').length).toBe(3);
    expect(inventory.host('named.example.org').ssh.proxyJump).toEqual(['gw-a', 'ops@gw-b.example.org:2201']);
    expect(place.said).toEqual([]);
    expect(config.inventory?.remarks).toEqual([
      'inventory: 2 hosts are in no room',
      'inventory: 1 host is no SSH hosts, but "winrm": win',
    ]);
  });

  it.each([
    ['a capital', { 'Web-3': { ansible_host: '198.18.1.13' } }, 'left out "Web-3": is no host name'],
    [
      'characters that a terminal obeys',
      { 'w\x1b[2J': { ansible_host: '198.18.1.13' } },
      'left out "w\\u001b[2J": is no',
    ],
    [
      'a port that is a template',
      { 'web-3': { ansible_host: '198.18.1.13', ansible_port: '{{ p }}' } },
      'left out web-3: ansible_port is a template',
    ],
    [
      'an address that is a template',
      { 'web-3': { ansible_host: '{{ ip }}' } },
      'left out web-3: ansible_host is a template',
    ],
    [
      'an address that is none',
      { 'web-3': { ansible_host: 'a b', kuafu_room: 'A' } },
      'left out web-3: its address "a b" is none',
    ],
    [
      'a user that is none',
      { 'web-3': { ansible_host: '198.18.1.13', ansible_user: '-oProxyCommand=x' } },
      'left out web-3: its user "-oProxyCommand=x" is no login name',
    ],
    [
      'a jump host that is none',
      { 'web-3': { ansible_host: '198.18.1.13', ansible_ssh_common_args: '-J -oX' } },
      'left out web-3: its jump host "-oX" is none',
    ],
    ['a room that there is not', { 'web-3': { kuafu_room: 'D' } }, 'left out web-3: there is no room "D"'],
    [
      'an address of another network',
      { 'web-3': { ansible_host: '198.18.2.13', kuafu_room: 'A' } },
      'left out web-3: 198.18.2.13, of web-3, is not in the network',
    ],
    [
      'the address of another host',
      { 'web-3': { ansible_host: '198.18.1.11' } },
      'left out web-3: 198.18.1.11 is the address of web-1 already',
    ],
    [
      'another address than in the file',
      { 'web-1': { ansible_host: '198.18.1.19' } },
      'left out web-1: web-1 is a host of room A; a host has one place',
    ],
    [
      'the address of a gateway',
      { 'web-3': { ansible_host: '198.18.1.1' } },
      'left out web-3: 198.18.1.1 is the address of the gateway gw-a',
    ],
    [
      'another address than its gateway',
      { 'gw-a': { ansible_host: '198.18.1.2' } },
      'left out gw-a: the configuration has it at 198.18.1.1',
    ],
    [
      'a doubtful spare',
      { 'web-3': { ansible_host: '198.18.1.13', kuafu_spare: 'perhaps' } },
      'left out web-3: kuafu_spare is neither',
    ],
    [
      'a proxy command',
      { 'web-3': { ansible_host: '198.18.1.13', ansible_ssh_extra_args: '-o ProxyCommand=./x' } },
      'has a ProxyCommand',
    ],
  ])('with %s are left out by name, and the others are there', async (_, odd, sentence) => {
    const config = await place.load(
      print({ 'web-2': { ansible_host: '198.18.1.12' }, ...odd }),
      APP.replace('[1-3]', '[1-2]'),
    );
    expect(config.rooms.get('A')?.hosts.get('web-2')).toBe('198.18.1.12');
    expect(config.rooms.get('A')?.hosts.get('web-1')).toBe('198.18.1.11');
    expect(config.rooms.get('A')?.hosts.has('web-3')).toBe(false);
    expect(place.said.join('\n')).toContain(`inventory: ${sentence}`.replace('inventory: has', 'has'));
  });

  it('that are left out are missing in their groups, and what a group names without any reason is a fault', async () => {
    const hosts = {
      'web-2': { ansible_host: '198.18.1.12' },
      'web-3': { ansible_host: '198.18.1.13', ansible_port: 'x' },
    };
    const config = await place.load(print(hosts), APP);
    expect(config.apps.get('shop')?.groups.get('web')?.get('A')).toEqual(['web-1', 'web-2']);
    await expect(place.load(print(hosts), APP.replace('[1-3]', '[1-4]'))).rejects.toThrow(
      'there is no host web-4',
    );
  });

  it('that the configuration has itself stay in their groups, whatever the program says', async () => {
    const config = await place.load(
      print({ 'web-1': { ansible_host: '198.18.1.19' } }),
      APP.replace('[1-3]', '1'),
    );
    expect(place.said).toEqual([expect.stringContaining('left out web-1')]);
    expect(config.apps.get('shop')?.groups.get('web')?.get('A')).toEqual(['web-1']);
  });

  it('may be named by their addresses in groups and as balancers', async () => {
    const traffic = 'traffic: {haproxy: {A: 198.18.1.1, C: "fd00:3::0:1"}, port: 80}';
    const groups = 'groups: {web: {A: "198.18.1.[11-12],web-1", C: "FD00:3::2"}}';
    const config = await place.load(
      print({
        'web-2': { ansible_host: '198.18.1.12' },
        'lb-c': { ansible_host: 'fd00:3::1' },
        'web-c': { ansible_host: 'fd00:3::2' },
      }),
      `apps: {shop: {service: s.service, files: [/opt/s], ${traffic}, ${groups}}}`,
    );
    const shop = config.apps.get('shop');
    expect([...(shop?.groups.get('web') ?? [])]).toEqual([
      ['A', ['web-1', 'web-2']],
      ['C', ['web-c']],
    ]);
    expect([...(shop?.traffic?.balancers ?? [])]).toEqual([
      ['A', ['gw-a']],
      ['C', ['lb-c']],
    ]);
  });

  it('are said in one line for many', async () => {
    const hosts = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `w-${index}`,
        { kuafu_room: 'A', ansible_host: '{{ x }}', ansible_ssh_common_args: '-F x' },
      ]),
    );
    await place.load(
      print({ ...hosts, ok: { ansible_host: '198.18.1.12', ansible_ssh_common_args: '-F x' } }),
    );
    expect(place.said).toEqual([
      'inventory: left out w-[0-299]: ansible_host is a template, which Ansible alone can fill in',
    ]);
  });

  it('that do what kuafu does not follow are said where a configuration is looked at', async () => {
    const more = { ansible_ssh_common_args: '-o StrictHostKeyChecking=no', ansible_password: 'x' };
    const config = await place.load(print({ 'web-2': { ansible_host: '198.18.1.12', ...more } }));
    expect(config.inventory?.remarks).toEqual([
      'inventory: not followed is ansible_password of web-2',
      'inventory: not followed is stricthostkeychecking=no of web-2',
    ]);
  });

  it('may have variables in folders that only Ansible reads, which is said', async () => {
    await mkdir(join(place.folder, 'group_vars'));
    const config = await place.load(print({}));
    expect(config.inventory?.remarks).toEqual([
      `inventory: ${place.folder}/group_vars is not read; ansible-inventory as the program does that (docs/hosts.md)`,
    ]);
  });

  it('of a name that the resolver knows are where that is', async () => {
    const config = await place.load(
      print({ 'web-2': { ansible_host: 'localhost' }, 'web-3': { ansible_host: 'nothing.invalid' } }),
      '',
    );
    expect(config.inventory?.remarks).toEqual(['inventory: 2 hosts are in no room']);
  });
});
