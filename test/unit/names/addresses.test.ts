import { expect, it } from 'vitest';
import { canonicalAddress, contains, overlap, withPort } from '../../../src/lib/names/addresses.js';

it.each([
  ['198.18.1.0/24', '198.18.1.9', true],
  ['198.18.1.0/24', '198.18.2.9', false],
  ['198.18.1.0/24', '::ffff:198.18.1.9', true],
  ['198.18.1.0/24', 'fd00::1', false],
  ['fd00:1::/64', 'FD00:1:0:0::9', true],
  ['fd00:1::/64', 'fd00:1:0:1::9', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['fd00:1::/64', 'web-1.example.org', false],
  ['198.18.1.0/24', 'web-1.example.org', false],
  ['', '198.18.1.1', false],
])('%s holds %s: %s', (network, address, holds) => {
  expect(contains(network, address)).toBe(holds);
});

it('networks of two families do not overlap', () => {
  expect(overlap('198.18.1.0/24', 'fd00:1::/64')).toBe(false);
  expect(overlap('fd00:1::/48', 'fd00:1:0:5::/64')).toBe(true);
});

it.each([
  ['198.18.1.1', '198.18.1.1'],
  ['FD00:0:0::1', 'fd00::1'],
  ['::ffff:c612:101', '198.18.1.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['web-1:80', 'web-1:80'],
])('%s is %s', (address, canonical) => {
  expect(canonicalAddress(address)).toBe(canonical);
});

it('an address of IPv6 is told from its port', () => {
  expect([withPort('fd00::1', 22), withPort('198.18.1.1', 22)]).toEqual(['[fd00::1]:22', '198.18.1.1:22']);
});
