import { expect, it } from 'vitest';
import { renderDatabases } from '../../../../src/lib/ui/inventory/database-view.js';
import { databaseLook, gtids, primary, replica, sourceAt } from '../../../support/database-sample.js';

const roomOf = (address: string) => (address.startsWith('198.18.1.') ? 'A' : undefined);

it('shows roles, positions, clients by room, and proxies', () => {
  const clients = [
    { user: 'app', address: '198.18.1.94', sessions: 12 },
    { user: 'app', address: '203.0.113.9', sessions: 1 },
    { user: 'root', address: 'localhost', sessions: 1 },
  ];
  const behind = sourceAt({ secondsBehind: 4, received: gtids('0-1-9') });
  const look = databaseLook(primary({ clients }), replica({ gtids: gtids('0-1-6'), sources: [behind] }), [
    'db-a',
  ]);
  expect(renderDatabases({ databases: [{ ...look, home: 'A' }], roomOf }).split('\n')).toEqual([
    'DATABASE  ROOM  SERVER  ROLE     POSITION  BEHIND           SEMI-SYNC      CLIENTS',
    'orders    A     db-a    primary  0-1-9                      on, 1 replica  A 12, elsewhere 1, local 1',
    'orders    B     db-b    replica  0-1-6     4 s, 3 to apply',
    '',
    'DATABASE  ROOM  PROXY  SENDS TO',
    'orders    A     lb-a   db-a',
  ]);
});

it('says who could not be asked, what is wrong, and when the primary is away from home', () => {
  const wrong = databaseLook(primary(), undefined, undefined);
  const text = renderDatabases({ databases: [{ ...wrong, home: 'B' }], roomOf });
  expect(text.split('\n').slice(-3)).toEqual([
    'orders: db-b could not be asked: no answer',
    'orders: lb-a could not be asked: no answer',
    'orders: the primary is in room A; its home is B',
  ]);
});

it('makes harmless what a server says', () => {
  const error = 'error \u001b[2J\nx';
  const look = databaseLook(primary(), replica({ sources: [sourceAt({ applies: false, error })] }), ['db-a']);
  const text = renderDatabases({ databases: [{ ...look, home: 'A' }], roomOf });
  expect(text).not.toContain('\u001b');
  expect(text).toContain('orders: db-b does not apply what 198.18.1.40 sends: error ');
});
