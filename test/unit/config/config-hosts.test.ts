import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromJSONSchema } from 'zod';
import { loadConfig } from '../../../src/lib/config/load.js';
import { settingPlaces } from '../../../src/lib/config/setting-places.js';
import { describeHosts, type HostDescription } from '../../../src/lib/inventory/host-description.js';
import { buildInventory } from '../../../src/lib/inventory/inventory.js';
import { configHostsDocument } from '../../../src/lib/ui/inventory/config-hosts-json.js';
import { renderConfigHosts } from '../../../src/lib/ui/inventory/config-hosts-view.js';

const CONFIG = `ssh:
  user: root
  configFile: ~/.ssh/config
rooms:
  A:
    network: 198.18.1.0/24
    gateway: {host: gw-a, address: 198.18.1.1}
    hosts:
      'web-a-[01-04]': '198.18.1.[11-14]'
      db-a: 198.18.1.40
    spare: {'new-a-[01-02]': '198.18.1.[101-102]'}
  B:
    network: 198.18.2.0/24
    hosts: {'web-b-[01-20]': '198.18.2.[11-30]'}
    ssh:
      proxyJump: gw
      identityFile: ~/.ssh/room-b
inventory: {exec: [./hosts.sh]}
`;
const SSH_CONFIG = `Host gw
  HostName 203.0.113.9
  User jumper
Host db-a
  ProxyCommand nc %h %p
  ForwardAgent yes
Host new-a-*
  StrictHostKeyChecking accept-new
  HostName 203.0.113.77
Host 198.18.1.*
  ProxyJump gw-a
Match host from-program exec "true"
  User x
Host *
  IdentityFile ~/.ssh/ops
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ~/.ssh/known_ops
Host web-b-*
  StrictHostKeyChecking no
`;
const PROGRAM = `#!/bin/sh
echo '{"all": {"hosts": ["from-program"]}, "_meta": {"hostvars": {"from-program": {"ansible_host": "198.18.2.99", "ansible_user": "deploy"}}}}'
`;

const home = mkdtempSync(join(tmpdir(), 'kuafu-config-hosts-'));
const file = join(home, 'kuafu.config.yaml');
const sshConfig = join(home, '.ssh/config');
let described: readonly HostDescription[];

beforeAll(async () => {
  mkdirSync(join(home, '.ssh'));
  writeFileSync(file, CONFIG);
  writeFileSync(sshConfig, SSH_CONFIG);
  writeFileSync(join(home, 'hosts.sh'), PROGRAM, { mode: 0o755 });
  const config = await loadConfig({ file, env: { HOME: home } });
  const inventory = buildInventory(config, []);
  const hosts = [...inventory.hosts.values()];
  described = describeHosts(hosts, inventory, await settingPlaces(config), config.ssh.knownHosts);
});
afterAll(() => rmSync(home, { recursive: true }));

function of(name: string): HostDescription {
  const found = described.find(({ host }) => host === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const configured = (line: number) => ({ from: 'configuration', file, line });
const ofSsh = (line: number) => ({ from: 'ssh_config', file: sshConfig, line });

describe('where a setting is from', () => {
  it('is the line of the configuration for what that says, of the host, the room or all', () => {
    expect(of('web-a-03').places).toMatchObject({ address: configured(9), user: configured(2) });
    expect(of('db-a').places.address).toEqual(configured(10));
    expect(of('new-a-02').places.address).toEqual(configured(11));
    expect(of('gw-a').places.address).toEqual(configured(7));
    expect(of('web-b-20').places).toMatchObject({
      address: configured(14),
      proxyJump: configured(16),
      identityFiles: configured(17),
    });
  });

  it('is the line of ssh_config for what only that says', () => {
    expect(of('web-a-01').places).toMatchObject({
      proxyJump: ofSsh(11),
      identityFiles: ofSsh(15),
      identitiesOnly: ofSsh(16),
      agentSocket: ofSsh(17),
      knownHosts: ofSsh(18),
    });
    expect(of('new-a-01').places.hostKeys).toEqual(ofSsh(8));
  });

  it('is the program for a host of the inventory, and nobody for the rest', () => {
    const program = { from: 'inventory program', file: join(home, 'hosts.sh'), line: null };
    expect(of('from-program').places).toMatchObject({ address: program, user: program });
    expect(of('web-a-01').places.port).toEqual({ from: 'default', file: null, line: null });
  });
});

describe('what is said of a host', () => {
  it('has the jump hosts as they are reached, and the lists of host keys of that host', () => {
    expect(of('web-b-01').jumps).toEqual([
      { written: 'gw', address: '203.0.113.9', port: 22, user: 'jumper' },
    ]);
    expect(of('web-a-01').jumps).toEqual([
      { written: 'gw-a', address: '198.18.1.1', port: 22, user: 'root' },
    ]);
    expect(of('web-a-01').knownHosts[0]).toBe(join(home, '.ssh/known_ops'));
  });

  it('has what of ssh_config is not followed', () => {
    const sentences = (name: string) => of(name).notes.map(({ line, sentence }) => `${line}: ${sentence}`);
    expect(sentences('db-a')).toEqual(['6: ForwardAgent yes: kuafu does not follow it']);
    expect(sentences('from-program')).toEqual([
      '12: Match exec true: kuafu runs no program to find out, so its section is left out',
    ]);
    expect(sentences('new-a-01')).toEqual(['9: HostName 203.0.113.77: the address of the inventory is used']);
    expect(sentences('web-a-01')).toEqual([]);
    expect(sentences('gw-a')).toEqual([]);
    expect(sentences('web-b-01')).toEqual([
      '20: StrictHostKeyChecking no: a key that nobody knows is refused',
    ]);
  });
});

it('the document is what its schema says', () => {
  const schema = fromJSONSchema(JSON.parse(readFileSync('schemas/config-hosts.schema.json', 'utf8')));
  const printed = JSON.parse(JSON.stringify(configHostsDocument(file, described)));
  expect(schema.safeParse(printed)).toMatchObject({ success: true });
  expect(schema.safeParse({ ...printed, more: 1 }).success).toBe(false);
  expect(printed.hosts.find(({ host }: { host: string }) => host === 'db-a')).toMatchObject({
    refused: 'ProxyCommand nc %h %p',
    agent: null,
  });
});

describe('the table', () => {
  const render = (width: number) => renderConfigHosts(described, { width, home, folder: home });

  it('has a block for hosts that are reached alike', () => {
    const table = render(120);
    const block = table.slice(table.indexOf('web-a-[01-04]'));
    expect(
      block
        .split('\n')
        .slice(0, 6)
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      'web-a-[01-04] address kuafu.config.yaml:9 198.18.1.[11-14]',
      ' port default 22',
      ' user kuafu.config.yaml:2 root',
      ' jump .ssh/config:11 gw-a (root@198.18.1.1)',
      ' key .ssh/config:15 .ssh/ops',
      ' host keys .ssh/config:18 .ssh/known_ops',
    ]);
    expect(table).toContain('gw (jumper@203.0.113.9)');
    expect(table).toMatch(/refused +.ssh\/config:5 +ProxyCommand nc %h %p/);
  });

  it.each([80, 120])('fits %s columns without a broken place', (width) => {
    const lines = render(width).split('\n');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(lines.filter((line) => /kuafu\.config\.yaml:\d/.test(line)).length).toBeGreaterThan(8);
  });
});
