import { describe, expect, it, test } from 'vitest';
import { UsageError } from '../../../src/lib/errors.js';
import { hostFiles } from '../../../src/lib/lab/host-files.js';
import { renderPublishedRules } from '../../../src/lib/lab/published-rules.js';
import { parseRoles, ROLE_NAMES } from '../../../src/lib/lab/roles/role-names.js';
import { ROLES } from '../../../src/lib/lab/roles/roles.js';
import { DEFAULT_SIZES } from '../../../src/lib/lab/sizes.js';
import { buildTopology } from '../../../src/lib/lab/topology.js';

const KEYS = { hostKey: 'private', hostPublicKey: 'public', authorizedKey: 'authorized' };

describe('--with', () => {
  it.each([
    ['dns', ['dns']],
    [' dns , dns', ['dns']],
    ['all', ROLE_NAMES],
    ['dns,all', ROLE_NAMES],
    [[...ROLE_NAMES].reverse().join(','), ROLE_NAMES],
  ])('%j', (text, roles) => {
    expect(parseRoles(text)).toEqual(roles);
  });

  it.each(['', 'DNS', 'dns,', 'dns;bind', 'constructor', '$(id)'])('%j is refused', (text) => {
    expect(() => parseRoles(text)).toThrow(UsageError);
  });
});

test('gateways of a lab without roles have no rules of roles', () => {
  const topology = buildTopology('t', DEFAULT_SIZES);
  for (const room of ['A', 'B'] as const) expect(renderPublishedRules(topology, room)).toBeUndefined();
  const paths = topology.hosts.flatMap((host) => hostFiles(topology, host, KEYS).map(({ path }) => path));
  expect(paths.filter((path) => path.startsWith('/etc/nftables.d'))).toEqual([]);
});

test('a gateway passes on what roles publish in its room', () => {
  expect(renderPublishedRules(buildTopology('t', DEFAULT_SIZES, ['dns']), 'B')).toBe(`table ip roles
delete table ip roles
table ip roles {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr 203.0.113.54 meta l4proto { tcp, udp } th dport 53 dnat to 198.18.2.91
  }
}
`);
});

test.each(ROLE_NAMES)('the role %s lays each file once, and starts what it has', (name) => {
  for (const { files, units, hasPackages } of ROLES[name].hosts()) {
    const paths = files.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(units.length).toBeGreaterThan(0);
    if (hasPackages) expect(ROLES[name].packages.length).toBeGreaterThan(0);
  }
});
