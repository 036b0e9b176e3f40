import { expect, it } from 'vitest';
import { judgeSwitch, type SwitchFacts } from '../../../../src/lib/switch/switch-status.js';
import { renderSwitch } from '../../../../src/lib/ui/inventory/switch-view.js';
import { databaseLook, primary, replica, sourceAt } from '../../../support/database-sample.js';
import { B } from '../../dns/sample-zones.js';
import { DARK, database, facts, namesAt, zones } from '../../switch/sample-switch.js';

const shown = (of: SwitchFacts, width: number) => renderSwitch(judgeSwitch(of), { width });

it('says first what the state is, and then where everything is', () => {
  expect(shown(facts(), 80).split('\n')).toEqual([
    'all as declared',
    '',
    'CLASS  NAME           LEADS TO     DECLARED     BY            STATE',
    'web    www.shop.test  A and B, 5s  A and B, 5s  dns-a, dns-b  as declared',
    'web    shop.test      A, 5s        A, 5s        dns-a, dns-b  as declared',
    '',
    'APP   ROOM  BALANCER  UP  DRAINED  DOWN  STATE',
    'shop  A     lb-a      2   0        0     as declared',
    '',
    'DATABASE  ROOM  SERVER  ROLE     BEHIND',
    'orders    A     db-a    primary',
    'orders    B     db-b    replica  0 s',
    '',
    'DATABASE  ROOM  PROXY  SENDS TO',
    'orders    A     lb-a   db-a',
  ]);
});

it('says of a room that is cut off what could not be asked, and why', () => {
  const dark = shown(DARK, 80).split('\n');
  expect(dark.slice(0, 3)).toEqual([
    'could not be asked: room A; all else is as declared',
    '  dns-a,lb-a: no answer within 4 s',
    '  db-a,lb-a: no answer',
  ]);
  expect(dark).toContain('shop  A     lb-a      -   -        -     unknown');
  expect(dark).toContain('orders    A     db-a    unknown');
});

it('has a line for each of several deviations', () => {
  const names = zones([namesAt('dns-a', [B]), namesAt('dns-b', [B])]);
  const off = facts({ zones: names, databases: [database(databaseLook(primary(), replica(), ['db-b']))] });
  expect(shown(off, 80).split('\n').slice(0, 3)).toEqual([
    'not as declared: www.shop.test, orders',
    '  www.shop.test points at B; declared is A and B',
    '  orders: proxy lb-a sends clients to db-b, which is not the primary',
  ]);
});

it.each([80, 40])('fits %i columns, and breaks no word', (width) => {
  const error = 'error reconnecting to master repl@198.18.1.40:3306 - retry-time: 60 maximum-retries: 100000';
  const sick = databaseLook(primary(), replica({ sources: [sourceAt({ receives: false, error })] }), ['old']);
  const text = shown({ ...DARK, databases: [database(sick)] }, width);
  expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
  for (const word of error.split(' ')) expect(text.split(/\s+/)).toContain(word);
});

it('makes harmless what hosts say', () => {
  const hostile = '\u001b[2J\u202e\nall as declared';
  const silent = [{ app: 'shop', room: 'A', balancer: 'lb-a', message: hostile }];
  const sick = databaseLook(primary(), replica({ sources: [sourceAt({ applies: false, error: hostile })] }), [
    hostile,
  ]);
  const names = zones([namesAt('dns-a', [hostile]), namesAt('dns-b', [hostile])]);
  const text = shown({ zones: names, traffic: { answers: [], silent }, databases: [database(sick)] }, 80);
  expect(text).not.toMatch(/[\u001b\u202e]/);
  expect(text.split('\n')).not.toContain('all as declared');
});
