import type { Config } from '../config/config-types.js';
import { KuafuError, sentenceOf } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import type { ReadSession } from '../ssh/transport.js';
import { drainedWords } from '../traffic/kept-out-words.js';
import { balancersOf } from '../traffic/traffic-facts.js';
import { readTraffic, type TrafficRow } from '../traffic/traffic-status.js';
import { withNotStarted } from '../unit/not-started.js';
import type { Finding } from './resources.js';

/**
 * Members that a balancer does not know, as after its restart: it keeps run-time changes only in memory. Also members that an
 * operator keeps out and that still get requests. They are read in the session to the balancer's host, for every application of
 * that balancer; other hosts give no findings.
 */
export async function readAbsent(
  host: Host,
  session: ReadSession,
  { apps, rooms }: Config,
  inventory: Inventory,
  ledger: Pick<Ledger, 'keptOut' | 'list' | 'show'>,
): Promise<readonly Finding[]> {
  const isHere = ({ name }: Host) => name === host.name;
  const places = [...rooms.keys()].flatMap((room) =>
    [...apps.values()]
      .filter((app) => balancersOf(app, room, inventory)?.some(isHere))
      .map((app) => ({ app, room })),
  );
  const finding = (name: string, subject: string): Finding => ({
    host: name,
    kind: 'traffic',
    subject,
    value: null,
    limit: null,
  });
  const found = places.map(async ({ app, room }) => {
    try {
      const at = { session: async () => session };
      const answer = await readTraffic(app, room, host, inventory, at, await ledger.keptOut());
      const { rows } = await withNotStarted(answer, ledger);
      return rows.flatMap((row) => {
        const subject = subjectOf(row);
        return subject === undefined ? [] : [finding(row.host, subject)];
      });
    } catch (error) {
      if (!(error instanceof KuafuError)) throw error;
      return [finding(host.name, `who is in traffic cannot be asked: ${sentenceOf(error)}`)];
    }
  });
  return (await Promise.all(found)).flat();
}

function subjectOf({ state, balancer, host, drained }: TrafficRow): string | undefined {
  if (state === 'missing') return `not known to the balancer ${balancer} (kuafu traffic repair)`;
  if (state !== 'forgotten' || drained === null) return undefined;
  return `${drainedWords(drained)}, and gets requests from ${balancer} (kuafu traffic drain ${host})`;
}
