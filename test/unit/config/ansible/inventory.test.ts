import { describe, expect, it } from 'vitest';
import { otherConnection, readAnsibleHost } from '../../../../src/lib/config/ansible/host.js';
import { parseAnsibleHost, parseAnsibleList } from '../../../../src/lib/config/ansible/inventory.js';
import { isDialable } from '../../../../src/lib/names/addresses.js';

function variablesIn(inventory: object): Map<string, Readonly<Record<string, unknown>>> {
  const { names, hostvars, ofGroups } = parseAnsibleList(JSON.stringify(inventory));
  return new Map(names.map((name) => [name, { ...ofGroups(name), ...(hostvars?.get(name) as object) }]));
}

const read = (inventory: object) =>
  new Map([...variablesIn(inventory)].map(([name, variables]) => [name, readAnsibleHost(name, variables)]));

describe('an Ansible inventory', () => {
  it('has hosts in groups and in the old list form; a group without keys is a host, and _meta alone has none', () => {
    const hosts = read({
      web: { hosts: ['web-1', 'web-2'], vars: { ansible_user: 'ops' } },
      db: ['db-1'],
      cache: { ansible_host: '198.18.1.9' },
      empty: { children: ['web'] },
      _meta: { hostvars: { 'web-2': { ansible_host: '198.18.1.3', ansible_port: '2222' }, 'lone-1': {} } },
    });
    expect([...hosts.keys()].sort()).toEqual(['cache', 'db-1', 'web-1', 'web-2']);
    expect(hosts.get('web-1')?.user).toBe('ops');
    expect(hosts.get('db-1')).toMatchObject({ address: 'db-1', port: undefined, isSpare: false });
    expect(hosts.get('web-2')).toMatchObject({ address: '198.18.1.3', port: 2222, user: 'ops' });
    expect(hosts.get('cache')?.address).toBe('198.18.1.9');
  });

  it('gives the nearest variable: all, parents, children by priority, the host itself', () => {
    const hosts = read({
      all: { vars: { ansible_user: 'all', kuafu_room: 'A' } },
      site: { children: ['web', 'early'], vars: { ansible_user: 'site', kuafu_spare: true } },
      web: { hosts: ['web-1', 'web-2'], vars: { ansible_user: 'web' } },
      early: { hosts: ['web-1'], vars: { ansible_user: 'early', ansible_group_priority: '10' } },
      other: { hosts: ['web-3'] },
      ungrouped: { hosts: ['web-3'], vars: { kuafu_room: 'B' } },
      _meta: { hostvars: { 'web-2': { ansible_user: 'own', kuafu_spare: false } } },
    });
    expect(hosts.get('web-1')).toMatchObject({ user: 'early', room: 'A', isSpare: true });
    expect(hosts.get('web-2')).toMatchObject({ user: 'own', room: 'A', isSpare: false });
    expect(hosts.get('web-3')).toMatchObject({ user: 'all', room: 'A', isSpare: false });
  });

  it('asks for single hosts where there is no _meta, or none for hosts', () => {
    const known = (more: object) => parseAnsibleList(JSON.stringify({ web: ['web-1'], ...more })).hostvars;
    expect(known({})).toBeUndefined();
    expect(known({ _meta: {} })).toBeUndefined();
    expect(known({ _meta: { hostvars: null } })).toBeUndefined();
    expect(known({ _meta: { hostvars: {} } })).toEqual(new Map());
    expect(parseAnsibleHost('\n')).toEqual({});
    expect(() => parseAnsibleHost('[]')).toThrow('no Ansible inventory');
  });

  it('may have numbers that are none, as Python writes them', () => {
    const list = parseAnsibleList(
      '{"web": {"hosts": ["a"], "vars": {"x": NaN, "y": -Infinity, "z": "NaN \\" NaN"}}}',
    );
    expect(list.ofGroups('a')).toEqual({ x: null, y: null, z: 'NaN " NaN' });
  });

  it('may have members that are none, and groups that are children of each other', () => {
    const list = parseAnsibleList(
      '{"a": {"children": ["b"], "hosts": ["web-1", 7, null]}, "b": {"children": ["a"]}}',
    );
    expect(list).toMatchObject({ names: ['web-1'], nameless: ['7', 'null'] });
    expect(list.ofGroups('web-1')).toEqual({});
  });

  it.each([
    ['', 'is no JSON'],
    ['[]', 'is no Ansible inventory: no map of groups'],
    ['{"web": {"hosts": "web-1"}}', 'is no Ansible inventory: the group web'],
    ['{"web": null}', 'is no Ansible inventory: the group web'],
    ['{"_meta": {"hostvars": []}}', 'is no Ansible inventory: _meta.hostvars'],
  ])('refuses %s', (text, sentence) => {
    expect(() => parseAnsibleList(text)).toThrow(sentence);
  });
});

describe('variables of a host', () => {
  it.each<readonly [object, object]>([
    [
      { ansible_host: null, ansible_port: null, ansible_user: null },
      { address: 'h', port: undefined, user: undefined },
    ],
    [
      { ansible_ssh_host: '10.0.0.1', ansible_ssh_port: 2201, ansible_ssh_user: 'ops' },
      { address: '10.0.0.1', port: 2201, user: 'ops' },
    ],
    [{ ansible_host: '10.0.0.1', ansible_ssh_host: '10.0.0.2' }, { address: '10.0.0.2' }],
    [{ ansible_host: '10.0.0.1', ansible_ssh_host: null }, { address: '10.0.0.1' }],
    [{ ansible_host: '[fd00::1]' }, { address: 'fd00::1' }],
    [{ ansible_host: { __ansible_unsafe: '10.0.0.1' } }, { address: '10.0.0.1' }],
    [{ ansible_ssh_private_key_file: '~/k' }, { identityFiles: ['~/k'] }],
    [{ ansible_user: 1000 }, { user: '1000' }],
    [{ ansible_ssh_common_args: '-J ops@gw:2201,[fd00::1]' }, { proxyJump: ['ops@gw:2201', '[fd00::1]'] }],
    [
      { ansible_ssh_args: '-l first', ansible_user: 'second', ansible_ssh_common_args: '-l third' },
      { user: 'first' },
    ],
    [{ ansible_user: 'second', ansible_ssh_common_args: '-l third' }, { user: 'second' }],
    [
      { ansible_ssh_common_args: '-p 2201 -i ~/k', ansible_ssh_extra_args: '-p 2202' },
      { port: 2201, identityFiles: ['~/k'] },
    ],
    [{ ansible_password: 'x', ansible_ssh_pass: '' }, { notFollowed: ['ansible_password'] }],
    ...[true, 'true', 'Yes', 'on', '1', 1, 't'].map(
      (yes) => [{ kuafu_spare: yes }, { isSpare: true }] as const,
    ),
    ...[false, 'false', 'no', 'off', '0', 0, null].map(
      (no) => [{ kuafu_spare: no }, { isSpare: false }] as const,
    ),
  ])('%j: %j', (variables, expected) => {
    expect(readAnsibleHost('h', { ...variables })).toMatchObject(expected);
  });

  it.each([
    [{ ansible_port: '{{ base + 1 }}' }, 'ansible_port is a template, which Ansible alone can fill in'],
    [{ ansible_port: 'x' }, 'its port "x" is none'],
    [{ ansible_port: 0 }, 'its port "0" is none'],
    [{ ansible_port: 70_000 }, 'its port "70000" is none'],
    [{ ansible_port: 22.5 }, 'its port "22.5" is none'],
    [{ ansible_port: true }, 'ansible_port is no text'],
    [{ ansible_host: '' }, 'ansible_host is no text'],
    [{ ansible_host: { __ansible_vault: '…' } }, 'ansible_host is no text'],
    [{ ansible_user: '{% if x %}a{% endif %}' }, 'ansible_user is a template'],
    [{ kuafu_spare: 'maybe' }, 'kuafu_spare is neither yes nor no'],
    [{ kuafu_room: ['A'] }, 'kuafu_room is no text'],
    [{ ansible_connection: '{{ c }}' }, 'ansible_connection is a template'],
    [{ ansible_ssh_common_args: "-o 'ProxyJump=gw" }, 'ansible_ssh_common_args a quote in it is not closed'],
    [
      { ansible_ssh_common_args: '-o ProxyCommand="nc %h %p"' },
      'ansible_ssh_common_args has a ProxyCommand, which kuafu does not run',
    ],
    [{ ansible_ssh_common_args: '-J {{ gw }}' }, 'ansible_ssh_common_args is a template'],
  ])('%j makes no sense: %s', (variables, sentence) => {
    expect(() => readAnsibleHost('h', variables)).toThrow(sentence);
  });

  it('say by which connection it is reached', () => {
    const connections = [
      undefined,
      null,
      'ssh',
      'ansible.builtin.ssh',
      'smart',
      'paramiko',
      'winrm',
      'local',
      'community.docker.docker',
    ];
    expect(connections.map((ansible_connection) => otherConnection({ ansible_connection }))).toEqual([
      ...Array.from({ length: 6 }, () => undefined),
      'winrm',
      'local',
      'community.docker.docker',
    ]);
  });

  it.each([
    ['198.18.1.1', true],
    ['fd00::1', true],
    ['web-1.Example.ORG.', true],
    ['web_1', true],
    ['10.1', false],
    ['a b', false],
    ['-oProxyCommand=x', false],
    ['a..b', false],
    ['', false],
  ])('%j can be dialled: %s', (address, can) => {
    expect(isDialable(address)).toBe(can);
  });
});
