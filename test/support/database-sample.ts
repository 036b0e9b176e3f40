import type { DatabaseLook } from '../../src/lib/layers/database/database-look.js';
import { parseGtids } from '../../src/lib/layers/database/gtid.js';
import type { MemberState, ReplicationSource } from '../../src/lib/layers/database/member.js';

export const gtids = (text: string) => parseGtids(text) ?? new Map();

export const sourceAt = (change: Partial<ReplicationSource> = {}): ReplicationSource => ({
  serverId: '1',
  address: '198.18.1.40',
  port: 3306,
  receives: true,
  applies: true,
  secondsBehind: 0,
  received: gtids('0-1-9'),
  error: '',
  ...change,
});

export const primary = (change: Partial<MemberState> = {}): MemberState => ({
  version: '10.11.6-MariaDB-log',
  serverId: '1',
  takesWrites: true,
  gtids: gtids('0-1-9'),
  position: gtids('0-1-9'),
  semiSync: { isEnabled: true, isActive: true, replicas: 1 },
  sources: [],
  clients: [],
  ...change,
});

export const replica = (change: Partial<MemberState> = {}): MemberState => ({
  ...primary(),
  serverId: '2',
  takesWrites: false,
  semiSync: { isEnabled: false, isActive: false, replicas: 0 },
  sources: [sourceAt()],
  ...change,
});

/** A database of db-a and db-b behind one proxy. Undefined: silent. The proxy sends to members, and to others, by name. */
export function databaseLook(
  a: MemberState | undefined,
  b: MemberState | undefined,
  proxy: readonly string[] | undefined,
): DatabaseLook {
  const member = (host: string, room: string, address: string, state: MemberState | undefined) => ({
    ...{ host, room, address, state },
    silence: state === undefined ? 'no answer' : undefined,
  });
  const targets = proxy?.map((name) => ({ name, member: name.startsWith('db-') ? name : undefined }));
  return {
    name: 'orders',
    port: 3306,
    members: [member('db-a', 'A', '198.18.1.40', a), member('db-b', 'B', '198.18.2.40', b)],
    proxies: [
      {
        host: 'lb-a',
        room: 'A',
        targets,
        knows: proxy === undefined ? [] : ['db-a', 'db-b'],
        silence: proxy === undefined ? 'no answer' : undefined,
      },
    ],
  };
}
