import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import type { DnsProvider, DnsZone } from '../../src/lib/config/config-types.js';
import { loadConfig } from '../../src/lib/config/load.js';
import { buildInventory } from '../../src/lib/inventory/inventory.js';
import type { LabControl } from '../../src/lib/lab/control.js';
import { openAuthority } from '../../src/lib/layers/dns/adapters.js';
import { Secrets } from '../../src/lib/masking/secret.js';
import { openConnections } from '../../src/lib/ssh/connections.js';
import type { Connections, Session } from '../../src/lib/ssh/transport.js';
import { type DnsWorld, dnsContract } from '../contract/dns-contract.js';
import { jumpHosts } from '../support/jump-hosts.js';
import { inHost, roleLab } from '../support/role-lab.js';

// The providers of records on the real servers of a lab: PowerDNS in dns-a, also by the program that wraps lexicon, and BIND in
// bind-a. lexicon knows zones below public suffixes only.
const LEXICON = fileURLToPath(new URL('../../examples/dns-lexicon.py', import.meta.url));
const LEXICON_ZONE = 'example.com';
const KEY = 'bGFiLXNlY3JldC1sYWItc2VjcmV0LWxhYi1zZWNyZXQ=';
const listen = { address: '127.0.0.1', port: 53 };
const secrets = new Secrets();
secrets.add('PDNS', 'lab-key');
secrets.add('TSIG', KEY);
secrets.add('WRONG', 'b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q=');

let lab: LabControl;
let connections: Connections;
let file: string;
const sessions = new Map<string, Session>();

beforeAll(async () => {
  lab = await roleLab();
  const config = await loadConfig({ file: process.env.KUAFU_CONFIG, secrets: 'unneeded' });
  file = config.file;
  const inventory = buildInventory(config, []);
  connections = openConnections({
    knownHostsFiles: config.ssh.knownHosts,
    newKeysFile: join(dirname(config.ledger.file), 'accepted_host_keys'),
    findJumpHost: jumpHosts(),
  });
  // It is there already after a run that was cut off.
  await lab.exec('dns-a', ['pdnsutil', 'create-zone', LEXICON_ZONE]);
  for (const name of ['dns-a', 'bind-a']) sessions.set(name, await connections.session(inventory.host(name)));
});
afterAll(async () => {
  await inHost(lab, 'dns-a', ['pdnsutil', 'delete-zone', LEXICON_ZONE]);
  await connections.close();
});

async function byPdnsutil(zone: string, ...[name, type, ttl, values]: Parameters<DnsWorld['setOtherwise']>) {
  const verb = values.length === 0 ? 'delete-rrset' : 'replace-rrset';
  const content = values.length === 0 ? [] : [String(ttl), ...values];
  await inHost(lab, 'dns-a', ['pdnsutil', verb, zone, name, type, ...content]);
}

type Fault = Parameters<DnsWorld['open']>[0];

function open(
  zone: string,
  host: string | undefined,
  provider: (key: string) => DnsProvider,
  fault: Fault,
  signal?: AbortSignal,
) {
  const own: DnsZone = {
    name: fault === 'no zone' ? 'nowhere.test' : zone,
    provider: provider(fault === 'wrong key' ? 'WRONG' : ''),
    names: new Map(),
    excused: [],
    resolvers: [],
  };
  return openAuthority(own, host === undefined ? undefined : sessions.get(host), { file, secrets, signal });
}

dnsContract('powerdns', {
  can: ['weights', 'judges', 'generation', 'answers'],
  open: (fault, signal) =>
    open(
      'shop.test',
      'dns-a',
      (key) => ({
        kind: 'powerdns',
        servers: new Map([['A', 'dns-a']]),
        listen,
        api: 'http://127.0.0.1:8081',
        key: { secret: key || 'PDNS' },
      }),
      fault,
      signal,
    ),
  setOtherwise: (...set) => byPdnsutil('shop.test', ...set),
});

dnsContract('exec', {
  can: [],
  open: (fault, signal) =>
    open(
      LEXICON_ZONE,
      undefined,
      (key) => ({
        kind: 'exec',
        program: [
          LEXICON,
          'powerdns',
          ...['--pdns-server', 'http://198.18.1.91:8081', '--pdns-server-id', 'localhost'],
          ...['--auth-token', key || 'lab-key'],
        ],
        timeoutMs: 60_000,
      }),
      fault,
      signal,
    ),
  setOtherwise: (...set) => byPdnsutil(LEXICON_ZONE, ...set),
});

dnsContract('rfc2136', {
  can: ['generation', 'atomic', 'answers'],
  open: (fault, signal) =>
    open(
      'biz.test',
      'bind-a',
      (key) => ({
        kind: 'rfc2136',
        servers: new Map([['A', 'bind-a']]),
        listen,
        key: { name: 'lab-key', algorithm: 'hmac-sha256', secret: { secret: key || 'TSIG' } },
      }),
      fault,
      signal,
    ),
  setOtherwise: async (name, type, ttl, values) => {
    const adds = values.map((value) => `update add ${name}.biz.test. ${ttl} ${type} ${value}`);
    const lines = [
      'server 127.0.0.1',
      'zone biz.test',
      `update delete ${name}.biz.test. ${type}`,
      ...adds,
      'send',
      '',
    ];
    await inHost(lab, 'bind-a', ['nsupdate', '-y', `hmac-sha256:lab-key:${KEY}`], lines.join('\n'));
  },
});
