import { describe, expect, it } from 'vitest';
import { parseAnsibleInventory } from '../../../src/lib/inventory/ansible.js';

const read = (inventory: object) =>
  new Map(parseAnsibleInventory(JSON.stringify(inventory)).map((host) => [host.name, host]));

describe('an Ansible inventory', () => {
  it('has hosts in groups, in the old list form, and in _meta alone', () => {
    const hosts = read({
      web: { hosts: ['web-1'], vars: { ansible_user: 'ops' } },
      db: ['db-1'],
      _meta: { hostvars: { 'lone-1': { ansible_host: '198.18.1.3', ansible_port: '2222' } } },
    });
    expect([...hosts.keys()].sort()).toEqual(['db-1', 'lone-1', 'web-1']);
    expect(hosts.get('web-1')?.user).toBe('ops');
    expect(hosts.get('db-1')).toMatchObject({ address: undefined, port: undefined, isSpare: false });
    expect(hosts.get('lone-1')).toMatchObject({ address: '198.18.1.3', port: 2222 });
  });

  it('gives the nearest variable: all, parents, children, the host itself', () => {
    const hosts = read({
      all: { vars: { ansible_user: 'all', kuafu_room: 'A' } },
      site: { children: ['web'], vars: { ansible_user: 'site', kuafu_spare: true } },
      web: { hosts: ['web-1', 'web-2'], vars: { ansible_user: 'web' } },
      other: { hosts: ['web-3'] },
      _meta: { hostvars: { 'web-2': { ansible_user: 'own', kuafu_spare: false } } },
    });
    expect(hosts.get('web-1')).toMatchObject({ user: 'web', room: 'A', isSpare: true });
    expect(hosts.get('web-2')).toMatchObject({ user: 'own', room: 'A', isSpare: false });
    expect(hosts.get('web-3')).toMatchObject({ user: 'all', room: 'A', isSpare: false });
  });

  it('may have groups that are children of each other', () => {
    const hosts = read({
      a: { children: ['b'], hosts: ['web-1'] },
      b: { children: ['a'], vars: { kuafu_room: 'B' } },
    });
    expect(hosts.get('web-1')?.room).toBe('B');
  });

  it.each([
    ['', 'is no JSON'],
    ['[]', 'is no Ansible inventory: no map of groups'],
    ['{"web": {"hosts": "web-1"}}', 'is no Ansible inventory: the group web'],
    ['{"_meta": {"hostvars": []}}', 'is no Ansible inventory: _meta.hostvars'],
    ['{"_meta": {"hostvars": {"a": {"ansible_host": 5}}}}', 'ansible_host of "a" is no text'],
    ['{"_meta": {"hostvars": {"a": {"ansible_port": "x"}}}}', 'ansible_port of "a" is no port'],
  ])('refuses %s', (text, sentence) => {
    expect(() => parseAnsibleInventory(text)).toThrow(sentence);
  });
});
