import type { Shape } from '../../../support/ansible.js';
import { random } from '../../../support/random.js';

const ways = {
  ansible_host: '198.18.1.11',
  ansible_port: '2222',
  ansible_ssh_common_args: '-o ProxyCommand="ssh -W %h:%p -q ops@gw.example.org" -o ControlMaster=auto',
};

const WRITTEN: Readonly<Record<string, Shape>> = {
  'nothing at all': { list: {} },
  'groups that are lists': { list: { web: ['web-1', 'web-2'], db: ['db-1'], _meta: { hostvars: {} } } },
  'groups with variables': {
    list: {
      web: { hosts: ['web-1'], vars: { ansible_user: 'ops', n: 1 } },
      _meta: { hostvars: { 'web-1': ways } },
    },
  },
  'a group that is a host': { list: { 'web-1': { ansible_host: '198.18.1.11' }, _meta: { hostvars: {} } } },
  'an empty group': { list: { web: {}, db: { hosts: [] }, _meta: { hostvars: {} } } },
  'hosts of _meta alone': {
    list: { web: ['web-1'], _meta: { hostvars: { 'web-1': { a: 1 }, 'web-2': { a: 2 } } } },
  },
  'no _meta': { list: { web: ['web-1', 'web-2'] }, hosts: { 'web-1': ways, 'web-2': { b: null } } },
  '_meta without hostvars': { list: { web: ['web-1'], _meta: {} }, hosts: { 'web-1': ways } },
  'hostvars that are null': { list: { web: ['web-1'], _meta: { hostvars: null } }, hosts: { 'web-1': ways } },
  'children, nested': {
    list: {
      site: { children: ['a', 'b'], vars: { v: 'site', w: 'site' } },
      a: { children: ['web'], vars: { v: 'a' } },
      b: { hosts: ['web-2'], vars: { v: 'b' } },
      web: { hosts: ['web-1'], vars: { w: 'web' } },
      _meta: { hostvars: {} },
    },
  },
  'children that are nowhere': {
    list: { site: { children: ['web'], vars: { v: 1 } }, _meta: { hostvars: {} } },
  },
  'a child of two, at two depths': {
    list: {
      a: { children: ['b', 'c'], vars: { v: 'a' } },
      b: { children: ['c'], vars: { v: 'b' } },
      c: { hosts: ['web-1'], vars: { x: 'c' } },
      z: { children: ['c'], vars: { v: 'z' } },
      _meta: { hostvars: {} },
    },
  },
  'variables of all': {
    list: {
      all: { vars: { v: 'all', w: 'all' }, children: ['web', 'ungrouped'] },
      web: { hosts: ['web-1'], vars: { w: 'web' } },
      _meta: { hostvars: { 'web-1': { x: 1 } } },
    },
  },
  'hosts of all': { list: { all: { hosts: ['web-1'], vars: { v: 1 } }, _meta: { hostvars: {} } } },
  'variables of ungrouped': {
    list: {
      ungrouped: { hosts: ['web-1', 'web-2'], vars: { v: 'ungrouped' } },
      web: { hosts: ['web-2'], vars: { w: 1 } },
      all: { hosts: ['web-3'] },
      _meta: { hostvars: {} },
    },
  },
  priorities: {
    list: {
      a: { hosts: ['web-1'], vars: { v: 'a', ansible_group_priority: 10 } },
      b: { hosts: ['web-1'], vars: { v: 'b', ansible_group_priority: '9' } },
      c: { hosts: ['web-1'], vars: { v: 'c' } },
      all: { vars: { v: 'all', ansible_group_priority: 100 } },
      _meta: { hostvars: { 'web-1': { ansible_group_priority: 3 } } },
    },
  },
  'the same names in capitals': {
    list: {
      B: { hosts: ['h'], vars: { v: 'B' } },
      a: { hosts: ['h'], vars: { v: 'a' } },
      _meta: { hostvars: {} },
    },
  },
  'null over a value': {
    list: {
      web: { hosts: ['web-1'], vars: { ansible_port: 22, v: null } },
      _meta: { hostvars: { 'web-1': { ansible_port: null } } },
    },
  },
  'values of every kind': {
    list: {
      web: { hosts: ['h'], vars: { l: [1, 'a', null], m: { a: { b: 1 } }, t: true, f: 1.5, e: '' } },
      _meta: { hostvars: { h: { m: { a: { c: 2 } }, l: [] } } },
    },
  },
  'templates, which stay as they are': {
    list: {
      web: { hosts: ['h'], vars: { ansible_port: '{{ base }}' } },
      _meta: { hostvars: { h: { ansible_host: '{{ ip }}' } } },
    },
  },
  'names of every kind': {
    list: {
      web: [
        'web-1.example.org',
        'web_2',
        'Web-3',
        '198.18.1.4',
        'fd00::5',
        'übung',
        'constructor',
        'with space',
      ],
      _meta: { hostvars: { constructor: { a: 1 }, 'fd00::5': { a: 2 } } },
    },
  },
  'other connections': {
    list: {
      win: { hosts: ['w1'], vars: { ansible_connection: 'winrm' } },
      me: ['localhost'],
      _meta: { hostvars: { localhost: { ansible_connection: 'local' } } },
    },
  },
  'a host twice in a group': {
    list: { web: ['web-1', 'web-1'], _meta: { hostvars: { 'web-1': { a: 1 } } } },
  },
  'a group with the name of its host': {
    list: { web: { hosts: ['web'], vars: { v: 1 } }, _meta: { hostvars: { web: { w: 2 } } } },
  },
  'more keys than there are': {
    list: { web: { hosts: ['web-1'], gather: true }, _meta: { hostvars: {}, more: 1 } },
  },
  'no map': { list: ['web-1'] },
  'hosts that are a text': { list: { web: { hosts: 'web-1' }, _meta: { hostvars: {} } } },
  'a group that is null': { list: { web: null, _meta: { hostvars: {} } } },
  'variables that are a list': { list: { web: { hosts: ['a'], vars: [] }, _meta: { hostvars: {} } } },
};

/** What Ansible refuses as a whole, or gives to others than one thinks; docs/hosts.md says what we do. */
const ON_PURPOSE: Readonly<Record<string, Shape>> = {
  'nothing printed for --host': { list: { web: ['web-1', 'web-2'] }, hosts: { 'web-1': ways, 'web-2': '' } },
  '--host that prints no JSON': { list: { web: ['web-1', 'web-2'] }, hosts: { 'web-1': ways, 'web-2': '{' } },
  'variables of a host that are none': { list: { web: ['web-1'], _meta: { hostvars: { 'web-1': 5 } } } },
  'a member that is a number': { list: { web: ['web-1', 5], _meta: { hostvars: {} } } },
  'a priority that is no number': {
    list: { web: { hosts: ['web-1'], vars: { ansible_group_priority: 'high' } }, _meta: { hostvars: {} } },
  },
  'groups that are children of each other': {
    list: { a: { children: ['b'], hosts: ['web-1'] }, b: { children: ['a'] }, _meta: { hostvars: {} } },
  },
  'a host with the name of a group it is not in': {
    list: { web: ['db', 'web-1'], db: ['web-1'], _meta: { hostvars: { db: { v: 1 } } } },
  },
};

/** Groups of which each may be a child of any before it, with variables that overlap. */
function someShape(next: () => number): Shape {
  const pick = <Item>(items: readonly Item[], share: number) => items.filter(() => next() < share);
  const names = pick(['m', 'all', 'b', 'x', 'a', 'k', 'c', 'ungrouped'], 0.8);
  const hosts = Array.from({ length: 6 }, (_, index) => `h${index}.example.org`);
  const groups = names.map((name, index) => {
    const vars: Record<string, unknown> = Object.fromEntries(
      pick(['v', 'w', 'x'], 0.6).map((key) => [key, name]),
    );
    if (next() < 0.3) vars.ansible_group_priority = Math.floor(next() * 4);
    const later = names.slice(index + 1).filter((each) => each !== 'all' && each !== 'ungrouped');
    const children = name === 'ungrouped' ? [] : pick(later, 0.4);
    return [name, { vars, hosts: pick(hosts, 0.3), ...(children.length > 0 ? { children } : {}) }] as const;
  });
  const hostvars = Object.fromEntries(
    pick(hosts, 0.5).map((host) => [host, { w: host, ansible_host: '198.18.1.1' }]),
  );
  return { list: { ...Object.fromEntries(groups), _meta: { hostvars } } };
}

/** Those that somebody wrote, and twenty of a seed. */
export function shapes(): ReadonlyMap<string, Shape> {
  const next = random(2026);
  const some = Array.from({ length: 20 }, (_, index) => [`seeded ${index}`, someShape(next)] as const);
  return new Map([...Object.entries(WRITTEN), ...Object.entries(ON_PURPOSE), ...some]);
}
