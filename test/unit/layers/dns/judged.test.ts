import { expect, it } from 'vitest';
import type { Judging } from '../../../../src/lib/config/config-types.js';
import { judgedIn, judgedSet } from '../../../../src/lib/layers/dns/powerdns/judged.js';

// The Lua text of names that PowerDNS judges by health, there and back.
const A = '203.0.113.101';
const B = '203.0.113.102';
const base: Judging = {
  url: 'http://www.shop.test/healthz',
  timeoutSeconds: 2,
  groups: [[A, B]],
  allDown: 'all',
};
const check = (groups: string, selector = 'all') =>
  `ifurlup('${base.url}',${groups},{selector='all',backupSelector='${selector}',timeout=2})`;

it.each<readonly [Partial<Judging>, readonly string[]]>([
  [{}, [`A "${check(`{{'${A}','${B}'}}`)}"`]],
  [{ allDown: 'one' }, [`A "${check(`{{'${A}','${B}'}}`, 'random')}"`]],
  [{ groups: [[A], [B]] }, [`A "${check(`{{'${A}'},{'${B}'}}`)}"`]],
  [
    { allDown: [B] },
    [`A ";local r=${check(`{{'${A}','${B}'},{'${A}'}}`)} if #r>2 then return {'${B}'} end return r"`],
  ],
  [
    { groups: [[A], [B]], allDown: [A] },
    [`A ";local r=${check(`{{'${A}'},{'${B}'}}`)} if #r>1 then return {'${A}'} end return r"`],
  ],
])('%j', (over, values) => {
  const judged = { ...base, ...over };
  const set = judgedSet('www', 5, judged);
  expect(set).toEqual({ name: 'www', type: 'LUA', ttlSeconds: 5, values });
  expect(judgedIn(values[0] ?? '')).toEqual(judged);
});

it('has IPv4 and IPv6 apart, each with what it has', () => {
  const { values } = judgedSet('www', 5, { ...base, groups: [[A, 'fd00::1'], [B]], allDown: [B] });
  expect(values.map((value) => judgedIn(value))).toEqual([
    { ...base, groups: [[A], [B]], allDown: [B] },
    { ...base, groups: [['fd00::1']] },
  ]);
});

it.each([
  `A "pickwrandom({{9,'${A}'},{1,'${B}'}})"`,
  `A "ifurlup('http://x/', {{'${A}','${B}'}})"`,
  `A "ifportup(80,{{'${A}'}},{selector='all',backupSelector='all',timeout=2})"`,
  `A "${check(`{{'${A}'}}`)} or os.exit()"`,
  `A "${check(`{{'${A}'},{os.exit()}}`)}"`,
  '',
])('%j is none of ours', (value) => {
  expect(judgedIn(value)).toBeUndefined();
});
