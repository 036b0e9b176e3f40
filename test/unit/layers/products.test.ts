import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../../src', import.meta.url));
const ADAPTER = 'lib/layers/http/haproxy';
const TABLE = 'lib/layers/http/adapters.ts';

/** Where the product is named for good: the user's own words, what users read, and the rooms that are made of it. */
const NAMED_IN = {
  [TABLE]: 'the one list of products',
  'lib/config/build.ts': 'keys that users write',
  'lib/config/check-apps.ts': 'keys that users write',
  'lib/config/check-databases.ts': 'keys that users write',
  'lib/config/check-shape.ts': 'keys that users write',
  'lib/config/hosts-by-address.ts': 'keys that users write',
  'lib/config/schema-apps.ts': 'keys that users write',
  'lib/config/schema-databases.ts': 'keys that users write',
  'commands/report/report.ts': 'help',
  'commands/traffic/traffic.ts': 'help',
  'lib/lab/host-files.ts': 'a practice room has one',
  'lib/lab/config-file.ts': 'a practice room has one',
  'lib/lab/image.ts': 'a practice room has one',
  'lib/lab/prepare.ts': 'a practice room has one',
  'lib/lab/service-configs.ts': 'a practice room has one',
  'lib/lab/balancers.ts': 'a practice room has one',
  'lib/logs/times/formats.ts': 'a form of access logs',
};

/** Here nothing else has a socket: the word would be that of a balancer. */
const NO_SOCKET =
  /^lib\/(env|inventory|ledger|maintenance|plan|pool|record|report|restart|run|scale|start|traffic|unit|actions|layers\/http\/[^/]*$|ui\/(run|report|inventory\/traffic))|^commands\/(traffic|scale|restart|start|report)\//;
/** Reads plans of before. */
const READS_OLD_PLANS = 'lib/layers/http/balancer-servers.ts';

/** A service that can be added to a practice room is a product, and its file alone knows which. */
const ROLES = 'lib/lab/roles/';

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const textOf = (file: string) => readFileSync(join(SRC, file), 'utf8');
const others = files.filter((file) => !file.startsWith(`${ADAPTER}/`));

it('the table alone imports an adapter', () => {
  const importers = others.filter((file) =>
    [...textOf(file).matchAll(/'(\.[^']+)\.js'/g)].some(([, path = '']) =>
      normalize(join(dirname(file), path)).startsWith(`${ADAPTER}/`),
    ),
  );
  expect(importers).toEqual([TABLE]);
});

it('the product is named nowhere but where it must be', () => {
  const naming = others.filter((file) => !file.startsWith(ROLES) && /haproxy/i.test(textOf(file)));
  expect(naming.toSorted()).toEqual(Object.keys(NAMED_IN).toSorted());
});

it('nobody but its adapter knows that it is reached by a socket', () => {
  const knowing = others.filter((file) => NO_SOCKET.test(file) && /socket/i.test(textOf(file)));
  expect(knowing).toEqual([READS_OLD_PLANS]);
});
