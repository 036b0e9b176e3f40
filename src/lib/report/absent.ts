import type { Config } from '../config/config-types.js';
import { sentenceOf, tellsOfHost } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { ConnectError } from '../ssh/connect-error.js';
import type { ReadConnections } from '../ssh/transport.js';
import { drainedWords } from '../traffic/kept-out-words.js';
import { balancersOf } from '../traffic/traffic-facts.js';
import { membersIn, readTraffic, type TrafficAnswer, type TrafficRow } from '../traffic/traffic-status.js';
import { withNotStarted } from '../unit/not-started.js';
import type { Finding } from './resources.js';

/**
 * Members that a balancer does not know, as after its restart: it keeps run-time changes only in memory. Also members that an
 * operator keeps out and that still get requests. The balancers of every chosen host are asked; of a balancer that was not
 * chosen itself, only the chosen hosts count.
 */
export async function readAbsent(
  hosts: readonly Host[],
  { apps, rooms }: Config,
  inventory: Inventory,
  connections: Pick<ReadConnections, 'session'>,
  ledger: Pick<Ledger, 'keptOut' | 'list' | 'show'>,
): Promise<readonly Finding[]> {
  const chosen = new Set(hosts.map(({ name }) => name));
  const isChosen = ({ name }: Host) => chosen.has(name);
  const keptOut = await ledger.keptOut();
  const places = [...rooms.keys()].flatMap((room) => [...apps.values()].map((app) => ({ app, room })));
  const found = places.map(async ({ app, room }) => {
    const all = balancersOf(app, room, inventory) ?? [];
    const balancers = membersIn(app, room, inventory).some(isChosen) ? all : all.filter(isChosen);
    const { answers, silent } = await answersOf(balancers, chosen, (balancer) =>
      readTraffic(app, room, balancer, inventory, connections, keptOut),
    );
    const told = await withNotStarted(answers, app, inventory, connections, ledger);
    const rows = told.flatMap((answer) =>
      answer.rows.filter(({ host }) => chosen.has(answer.balancer) || chosen.has(host)),
    );
    const absent = rows.flatMap((row) => {
      const subject = subjectOf(row);
      return subject === undefined ? [] : [finding(row.host, subject)];
    });
    return [...silent, ...absent];
  });
  return (await Promise.all(found)).flat();
}

/** What the balancers say, with a finding for each that cannot be asked. A chosen host that is not reached is one already. */
async function answersOf(
  balancers: readonly Host[],
  chosen: ReadonlySet<string>,
  ask: (balancer: Host) => Promise<TrafficAnswer>,
): Promise<{ readonly answers: readonly TrafficAnswer[]; readonly silent: readonly Finding[] }> {
  const answers: TrafficAnswer[] = [];
  const silent: Finding[] = [];
  const ends = await Promise.allSettled(balancers.map(ask));
  for (const [index, end] of ends.entries()) {
    const name = balancers[index]?.name ?? '';
    if (end.status === 'fulfilled') answers.push(end.value);
    else if (!tellsOfHost(end.reason)) throw end.reason;
    else if (!(end.reason instanceof ConnectError && chosen.has(name)))
      silent.push(finding(name, `who is in traffic cannot be asked: ${sentenceOf(end.reason)}`));
  }
  return { answers, silent };
}

function finding(host: string, subject: string): Finding {
  return { host, kind: 'traffic', subject, value: null, limit: null };
}

function subjectOf({ state, balancer, host, drained, app, room }: TrafficRow): string | undefined {
  if (state === 'missing')
    return `not known to the balancer ${balancer} (kuafu traffic repair --app ${app} --idc ${room})`;
  if (state !== 'forgotten' || drained === null) return undefined;
  return `${drainedWords(drained)}, and gets requests from ${balancer} (kuafu traffic drain ${host})`;
}
