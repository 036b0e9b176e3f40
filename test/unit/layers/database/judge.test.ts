import { describe, expect, it } from 'vitest';
import type { DatabaseLook } from '../../../../src/lib/layers/database/database-look.js';
import { findingsOf } from '../../../../src/lib/layers/database/judge.js';
import type { MemberState } from '../../../../src/lib/layers/database/member.js';
import { databaseLook, gtids, primary, replica, sourceAt } from '../../../support/database-sample.js';

/** A proxy that could not be asked has its own case. */
const look = (
  a: MemberState | undefined,
  b: MemberState | undefined,
  ...proxy: [readonly string[] | undefined] | []
) => databaseLook(a, b, proxy.length === 0 ? ['db-a'] : proxy[0]);

describe('what is wrong with a database', () => {
  it.each<readonly [string, DatabaseLook, readonly string[]]>([
    ['nothing', look(primary(), replica()), []],
    ['a lag is no fault', look(primary({ gtids: gtids('0-1-12') }), replica()), []],
    ['two writers', look(primary(), primary({ serverId: '2' })), ['db-a and db-b take writes: only one may']],
    [
      'two writers that went different ways',
      look(primary({ gtids: gtids('0-1-11') }), primary({ serverId: '2', gtids: gtids('0-1-9,0-2-10') })),
      [
        'db-a and db-b take writes: only one may',
        'db-a has transactions that db-b lacks: 0-1-10..11',
        'db-b has transactions that db-a lacks: 0-2-1..10',
      ],
    ],
    [
      'with two writers no proxy is judged',
      look(primary(), primary({ serverId: '2' }), ['db-b']),
      ['db-a and db-b take writes: only one may'],
    ],
    [
      'a writable replica',
      look(primary(), replica({ takesWrites: true })),
      ['db-a and db-b take writes: only one may', 'db-b takes writes, though it is a replica of 198.18.1.40'],
    ],
    [
      'no writer',
      look(primary({ takesWrites: false }), replica(), []),
      ['no server takes writes', 'db-a replicates from nobody, and takes no writes'],
    ],
    [
      'a stopped replica',
      look(primary(), replica({ sources: [sourceAt({ receives: false, error: 'error connecting' })] })),
      ['db-b does not receive what 198.18.1.40 sends: error connecting'],
    ],
    [
      'a replica of a stranger',
      look(primary(), replica({ sources: [sourceAt({ serverId: '9', address: '10.9.9.9' })] })),
      ['db-b replicates from 10.9.9.9, which is no member'],
    ],
    [
      'a source is known by its server_id, under whatever name',
      look(primary(), replica({ sources: [sourceAt({ address: 'primary.shop.internal' })] })),
      [],
    ],
    [
      'a source that was never reached, by another form of its address',
      look(primary(), replica({ sources: [sourceAt({ serverId: '', address: '::ffff:198.18.1.40' })] })),
      [],
    ],
    [
      'a stranger may be the member that is silent',
      look(undefined, replica({ sources: [sourceAt({ serverId: '9', address: 'x' })] })),
      [],
    ],
    [
      'an errant transaction',
      look(primary(), replica({ gtids: gtids('0-1-9,0-2-10') })),
      ['db-b has transactions that db-a lacks: 0-2-1..10'],
    ],
    [
      'the same number',
      look(primary(), replica({ serverId: '1' })),
      ['db-a and db-b have the same server_id, 1'],
    ],
    [
      'semi-sync that waits for nobody',
      look(primary({ semiSync: { isEnabled: true, isActive: false, replicas: 0 } }), replica()),
      ['commits on db-a wait for no replica: semi-synchronous replication is enabled, and not active'],
    ],
    [
      'a proxy that points wrongly',
      look(primary(), replica(), ['db-b']),
      ['proxy lb-a sends clients to db-b, which is not the primary'],
    ],
    [
      'a proxy that points at a stranger, whoever else answers',
      look(undefined, replica(), ['db-b', 'old']),
      ['proxy lb-a sends clients to old, which is no member'],
    ],
    [
      'an old primary with transactions that the new one never got',
      look(primary({ takesWrites: false, gtids: gtids('0-1-12') }), primary({ serverId: '2' }), ['db-b']),
      [
        'db-a replicates from nobody, and takes no writes',
        'db-a has transactions that db-b lacks: 0-1-10..12',
      ],
    ],
    [
      'a proxy that sends nowhere',
      look(primary(), replica(), []),
      ['proxy lb-a sends clients to no server; the primary is db-a'],
    ],
    ['nobody that answered: nothing is known', look(undefined, undefined, undefined), []],
    ['a silent primary accuses nobody', look(undefined, replica()), []],
    ['a silent replica accuses nobody', look(primary(), undefined), []],
  ])('%s', (_, seen, findings) => {
    expect(findingsOf(seen)).toEqual(findings);
  });
});
