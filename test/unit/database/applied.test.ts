import { expect, test } from 'vitest';
import { lookUntilApplied } from '../../../src/lib/database/applied.js';
import { databaseLook, gtids, primary, replica } from '../../support/database-sample.js';

const BOTH = { from: 'db-a', to: 'db-b' };

test('a replica that was made from a backup knows nothing of older transactions, and lacks none', async () => {
  const old = primary({ gtids: gtids('0-1-900,0-2-166'), position: gtids('0-1-900') });
  const look = databaseLook(old, replica({ gtids: gtids('0-1-900') }), ['db-a']);
  expect((await lookUntilApplied(async () => look, BOTH)).lacks).toEqual([]);
});

test('a replica lacks what it has not applied in any of the domains', async () => {
  const old = primary({ gtids: gtids('0-1-900,1-1-7'), position: gtids('0-1-900,1-1-7') });
  const look = databaseLook(old, replica({ gtids: gtids('0-1-900,1-1-5') }), ['db-a']);
  expect((await lookUntilApplied(async () => look, BOTH)).lacks).toEqual(['1-1-6..7']);
});
