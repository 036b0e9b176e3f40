import { expect, it } from 'vitest';
import type { AppConfig, DatabaseConfig } from '../../../src/lib/config/config-types.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { Host } from '../../../src/lib/names/host.js';
import { ConnectError } from '../../../src/lib/ssh/connect-error.js';
import { readSwitch } from '../../../src/lib/switch/read-switch.js';
import { SHOP } from '../dns/sample-zones.js';
import { host } from '../ledger/fixture.js';

const DATABASE = { name: 'orders', port: 3306, home: 'A', members: new Map([['A', 'db-a']]) };
const APP = { name: 'shop', groups: new Map(), traffic: { balancers: new Map([['A', ['lb-a']]]) } };

it('the reason why a host could not be asked repeats neither its name nor its address', async () => {
  const secrets = new Secrets();
  secrets.add('PDNS', 'kept');
  const silent = async ({ name, ssh }: Host): Promise<never> => {
    throw new ConnectError(name, 'timed-out', `${name} (${ssh.address}:22): no answer within 2 s`);
  };
  const { zones, traffic, databases } = await readSwitch(
    {
      zones: [SHOP],
      places: [{ app: APP as unknown as AppConfig, room: 'A' }],
      databases: [DATABASE as unknown as DatabaseConfig],
    },
    {
      config: { file: '/k.yaml', secrets },
      inventory: { host: (name: string) => host(name), hosts: new Map() },
      ledger: { keptOut: async () => [] },
      connections: { session: silent },
    } as unknown as Parameters<typeof readSwitch>[1],
  );
  const reasons = [
    ...zones.silent.map(({ message }) => message),
    ...traffic.silent.map(({ message }) => message),
    ...databases.flatMap(({ members }) => members.map(({ silence }) => silence)),
  ];
  expect(reasons).toEqual(Array(4).fill('no answer within 2 s'));
});
