import { describe, expect, test } from 'vitest';
import type { Host } from '../../../src/lib/names/host.js';
import { type Route, routeTo } from '../../../src/lib/ssh/route.js';
import { jumpHosts } from '../../support/jump-hosts.js';

function host(name: string, ...proxyJump: string[]): Host {
  const ssh = {
    address: `${name}.example`,
    port: 22,
    user: 'ops',
    identityFiles: ['/key'],
    proxyJump,
    hostKeys: 'accept-new' as const,
    connectTimeoutMs: 1000,
  };
  return { name, room: 'A', role: 'member', ssh };
}

function hops(route: Route | undefined): string[] {
  return route ? [...hops(route.via), `${route.host.name}:${route.host.ssh.port}`] : [];
}

function names(target: Host, ...others: Host[]): string[] {
  return hops(routeTo(target, jumpHosts(...others)));
}

describe('the way to a host', () => {
  test.each([
    ['straight', host('web'), [], ['web:22']],
    ['by a known name', host('web', 'gw'), [host('gw')], ['gw:22', 'web:22']],
    [
      'by what the jump host itself needs',
      host('web', 'gw'),
      [host('gw', 'outer'), host('outer')],
      ['outer:22', 'gw:22', 'web:22'],
    ],
    [
      'a chain replaces what its later hosts need',
      host('web', 'a', 'b'),
      [host('a'), host('b', 'x'), host('x')],
      ['a:22', 'b:22', 'web:22'],
    ],
    ['an address', host('web', 'root@198.18.0.1:2222'), [], ['198.18.0.1:2222:2222', 'web:22']],
    ['IPv6', host('web', '[::1]:2222'), [], ['::1:2222:2222', 'web:22']],
    ['a DNS name', host('web', 'gw.example.org'), [], ['gw.example.org:22', 'web:22']],
    ['a short DNS name', host('web', 'bastion'), [], ['bastion:22', 'web:22']],
    [
      'a known name with an account and a port',
      host('web', 'me@gw:2201'),
      [host('gw')],
      ['gw:2201', 'web:22'],
    ],
    ['a URI', host('web', 'ssh://me@gw:2201'), [host('gw')], ['gw:2201', 'web:22']],
  ])('%s', (_title, target, others, expected) => {
    expect(names(target, ...others)).toEqual(expected);
  });

  test('hosts behind one bastion share its key; by different ways they do not', () => {
    const find = jumpHosts(host('gw'), host('gw2'));
    const [a, b, c] = [host('a', 'gw'), host('b', 'gw'), host('c', 'gw2')].map((each) => routeTo(each, find));
    expect(a?.via?.key).toBe(b?.via?.key);
    expect(a?.via?.key).toBe(routeTo(host('gw'), find).key);
    expect(c?.via?.key).not.toBe(a?.via?.key);
  });

  test.each([
    ['a port out of range', 'root@gw.example.org:70000'],
    ['blanks', 'a b.c'],
    ['an option', '-oProxyCommand=x'],
    ['nothing', ''],
  ])('%s is refused', (_title, spec) => {
    expect(() => names(host('web', spec))).toThrow('is no jump host');
  });

  test('a circle is refused and shown', () => {
    expect(() => names(host('a', 'b'), host('a', 'b'), host('b', 'a'))).toThrow('a → b → a');
    expect(() => names(host('a', 'a'), host('a', 'a'))).toThrow('a → a');
  });
});

test('a ProxyCommand is refused, never passed by', () => {
  const web = host('web');
  const commanded = { ...web, ssh: { ...web.ssh, proxyCommand: 'nc -X connect %h %p' } };
  expect(() => routeTo(commanded, jumpHosts())).toThrow('web: ssh_config gives it a ProxyCommand');
});

test('what ssh_config refuses is refused, with its line', () => {
  const web = host('web');
  const refused = { ...web, ssh: { ...web.ssh, refusal: '/home/me/.ssh/config:3: refuseconnection: gone' } };
  expect(() => routeTo(refused, jumpHosts())).toThrow(
    'web: ssh_config does not let it be reached: /home/me/.ssh/config:3',
  );
});
