import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/lib/config/config-error.js';
import { loadConfig } from '../../../src/lib/config/load.js';
import { buildInventory } from '../../../src/lib/inventory/inventory.js';

const ROOMS = `rooms:
  A: {network: 198.18.1.0/24, gateway: {host: gw-a, address: 198.18.1.1}, hosts: {web-1: 198.18.1.11}}
  B: {network: 198.18.2.0/24}
  C: {network: fd00:3::/64}
`;

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'kuafu-program-')));
  said = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Loads a configuration with an inventory program, which is a shell script. */
async function loadWith(script: string, rest = '', timeout = '10s') {
  await writeFile(join(folder, 'hosts.sh'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'hosts.sh'), 0o755);
  const file = join(folder, 'k.yaml');
  await writeFile(file, `${ROOMS}inventory: {exec: [./hosts.sh, --all], timeout: ${timeout}}\n${rest}`);
  return await loadConfig({ file, env: { HOME: folder }, onDoubt: (sentence) => said.push(sentence) });
}

const APP = 'apps: {shop: {service: s.service, files: [/opt/s], groups: {web: {A: "web-[1-3]"}}}}';

/** Prints a group of hosts with these variables. */
function print(hostvars: Readonly<Record<string, object>>): string {
  const list = { web: { hosts: Object.keys(hostvars) }, _meta: { hostvars } };
  return `[ "$*" = "--all --list" ] && cat <<'END'\n${JSON.stringify(list)}\nEND`;
}

/** Of lines with a time and 1 for a start, -1 for an end. */
function mostAtATime(log: string): number {
  const events = log.trim().split('\n').sort();
  let [now, most] = [0, 0];
  for (const event of events) {
    now += Number(event.split(' ')[1]);
    most = Math.max(most, now);
  }
  return most;
}

describe('hosts of an inventory program', () => {
  it('join their rooms, by kuafu_room or by address, and groups can name them', async () => {
    const config = await loadWith(
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
    expect(said).toEqual([]);
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
    const config = await loadWith(
      print({ 'web-2': { ansible_host: '198.18.1.12' }, ...odd }),
      APP.replace('[1-3]', '[1-2]'),
    );
    expect(config.rooms.get('A')?.hosts.get('web-2')).toBe('198.18.1.12');
    expect(config.rooms.get('A')?.hosts.get('web-1')).toBe('198.18.1.11');
    expect(config.rooms.get('A')?.hosts.has('web-3')).toBe(false);
    expect(said.join('\n')).toContain(`inventory: ${sentence}`.replace('inventory: has', 'has'));
  });

  it('that are left out are missing in their groups, and what a group names without any reason is a fault', async () => {
    const hosts = {
      'web-2': { ansible_host: '198.18.1.12' },
      'web-3': { ansible_host: '198.18.1.13', ansible_port: 'x' },
    };
    const config = await loadWith(print(hosts), APP);
    expect(config.apps.get('shop')?.groups.get('web')?.get('A')).toEqual(['web-1', 'web-2']);
    await expect(loadWith(print(hosts), APP.replace('[1-3]', '[1-4]'))).rejects.toThrow(
      'there is no host web-4',
    );
  });

  it('that the configuration has itself stay in their groups, whatever the program says', async () => {
    const config = await loadWith(
      print({ 'web-1': { ansible_host: '198.18.1.19' } }),
      APP.replace('[1-3]', '1'),
    );
    expect(said).toEqual([expect.stringContaining('left out web-1')]);
    expect(config.apps.get('shop')?.groups.get('web')?.get('A')).toEqual(['web-1']);
  });

  it('may be named by their addresses in groups and as balancers', async () => {
    const traffic = 'traffic: {haproxy: {A: 198.18.1.1, C: "fd00:3::0:1"}, port: 80}';
    const groups = 'groups: {web: {A: "198.18.1.[11-12],web-1", C: "FD00:3::2"}}';
    const config = await loadWith(
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
    expect([...(shop?.traffic?.haproxy ?? [])]).toEqual([
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
    await loadWith(print({ ...hosts, ok: { ansible_host: '198.18.1.12', ansible_ssh_common_args: '-F x' } }));
    expect(said).toEqual([
      'inventory: left out w-[0-299]: ansible_host is a template, which Ansible alone can fill in',
    ]);
  });

  it('that do what kuafu does not follow are said where a configuration is looked at', async () => {
    const more = { ansible_ssh_common_args: '-o StrictHostKeyChecking=no', ansible_password: 'x' };
    const config = await loadWith(print({ 'web-2': { ansible_host: '198.18.1.12', ...more } }));
    expect(config.inventory?.remarks).toEqual([
      'inventory: not followed is ansible_password of web-2',
      'inventory: not followed is stricthostkeychecking=no of web-2',
    ]);
  });

  it('may have variables in folders that only Ansible reads, which is said', async () => {
    await mkdir(join(folder, 'group_vars'));
    const config = await loadWith(print({}));
    expect(config.inventory?.remarks).toEqual([
      `inventory: ${folder}/group_vars is not read; ansible-inventory as the program does that (docs/hosts.md)`,
    ]);
  });

  it('are asked for one by one without _meta, at most eight at a time', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `web-${index + 12}`);
    const started = performance.now();
    const config = await loadWith(`
case $2 in
--list) echo '${JSON.stringify({ web: names })}' ;;
--host)
  echo "$(date +%s%N) 1" >> load; sleep 0.2; echo "$(date +%s%N) -1" >> load
  case $3 in web-20) echo '{' ;; web-21) exit 3 ;; web-22) ;; *) echo '{"ansible_host": "198.18.1.'"\${3#web-}"'"}' ;; esac ;;
esac`);
    expect(config.rooms.get('A')?.hosts.size).toBe(1 + 37);
    expect(said.sort()).toEqual([
      expect.stringMatching(/^inventory: left out web-20: what it prints for --host is no JSON$/),
      expect.stringMatching(/^inventory: left out web-21: .*hosts.sh exits with 3$/),
    ]);
    expect(config.inventory?.remarks).toEqual(['inventory: 1 host is in no room']);
    expect(mostAtATime(await readFile(join(folder, 'load'), 'utf8'))).toBeLessThanOrEqual(8);
    expect(performance.now() - started).toBeLessThan(40 * 200);
  });

  it('are asked for within one deadline', async () => {
    const script = `case $2 in --list) echo '{"web": ["web-2", "web-3"]}' ;; *) [ $3 = web-2 ] && echo '{"ansible_host": "198.18.1.12"}' || sleep 60 ;; esac`;
    const config = await loadWith(script, '', '2s');
    expect(config.rooms.get('A')?.hosts.get('web-2')).toBe('198.18.1.12');
    expect(said).toEqual([
      expect.stringMatching(/^inventory: left out web-3: .*did not end within 2 s and was killed$/),
    ]);
  });

  it('of a name that the resolver knows are where that is', async () => {
    const config = await loadWith(
      print({ 'web-2': { ansible_host: 'localhost' }, 'web-3': { ansible_host: 'nothing.invalid' } }),
      '',
    );
    expect(config.inventory?.remarks).toEqual(['inventory: 2 hosts are in no room']);
  });

  it.each([
    ['exit 3', 'hosts.sh exits with 3'],
    ['echo "no cloud" >&2; exit 3', 'exits with 3: no cloud'],
    ['echo no json', 'what it prints is no JSON'],
    ['echo \'{"web": {"hosts": 1}}\'', 'no Ansible inventory: the group web'],
  ])('are a fault where the whole is none: %s', async (script, sentence) => {
    const error = await loadWith(script).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    if (!(error instanceof ConfigError)) return;
    expect(error.issues[0]?.message).toContain(sentence);
    expect(error.issues[0]?.path).toBe('inventory.exec');
  });

  it('are waited for as long as was said, also when a child of the program holds its output open', async () => {
    await expect(loadWith('sleep 5 & sleep 5', '', '200ms')).rejects.toThrow('did not end within 0.2 s');
  });
});

describe('an inventory program', () => {
  it('is not started for a file with faults, and named when it is missing', async () => {
    const trace = join(folder, 'trace');
    await expect(loadWith(`touch ${trace}`, 'nothing: 1')).rejects.toThrow('this key is not known');
    expect(existsSync(trace)).toBe(false);
    const load = async (exec: string) => {
      const file = join(folder, 'k.yaml');
      await writeFile(file, `${ROOMS}inventory: {exec: ${exec}}`);
      return await loadConfig({ file, env: { HOME: folder } });
    };
    await expect(load('./gone.py')).rejects.toThrow('gone.py cannot be run');
    await writeFile(join(folder, 'plain.py'), '');
    await expect(load('./plain.py')).rejects.toThrow('it is not executable');
  });
});
