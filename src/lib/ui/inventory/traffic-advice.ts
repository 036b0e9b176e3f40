import { fold } from '../../names/fold.js';
import { quoteWord } from '../../shell/quote.js';
import type { TrafficReport, TrafficRow, TrafficState } from '../../traffic/traffic-status.js';
import { startCommand } from '../../unit/not-started.js';
import type { Advice } from '../frame/suggested.js';
import { startCommands } from './traffic-view.js';

/** Hosts that a repair cannot bring back, as their service does not run, by application. */
export type DeadServices = ReadonlyMap<string, readonly string[]>;

/**
 * What to type for each state that is not `in traffic`, hosts of one command together.
 * @param serviceOf the unit of an application
 */
export function trafficAdvice(
  report: TrafficReport,
  dead: DeadServices,
  serviceOf: (app: string) => string,
): Advice[] {
  const rows = report.answers.flatMap((answer) => answer.rows).filter(({ host }) => host !== '');
  const among = (state: TrafficState, isKept = false) =>
    rows.filter((row) => row.state === state && (row.drained !== null) === isKept);
  const isDead = ({ app, host }: TrafficRow) => dead.get(app)?.includes(host) ?? false;
  // `kuafu start` brings a missing host into traffic, too.
  const missing = among('missing').filter((row) => !isDead(row));
  // A repair waits in vain for the health of a host whose service does not run.
  const [first, then] = among('drained').some(isDead) ? ['first ', 'then '] : ['', ''];
  const each = (what: string, commands: readonly string[]) =>
    commands.map((command): Advice => [what, command]);
  return [
    ...each(`${first}start the service where it does not run:`, starts(dead)),
    ...each('bring back those that are missing:', repairs(missing)),
    ...each(
      'give each server the address of its host at the balancer, and look again:',
      ofRooms('status', among('unclear')),
    ),
    ...each('start those that are installed:', startCommands(report)),
    ...each('bring back those that are drained:', onHosts(among('drained', true), 'ready')),
    ...each(`${then}bring back whom an operation left drained:`, repairs(among('drained'))),
    ...each('take over whom somebody else took out:', onHosts(among('maintenance'), 'drain')),
    ...each('see why they are down:', looks(among('down'), serviceOf)),
  ];
}

function starts(dead: DeadServices): string[] {
  return [...dead].flatMap(([app, hosts]) => (hosts.length === 0 ? [] : [startCommand(app, hosts)]));
}

function onHosts(rows: readonly TrafficRow[], verb: 'ready' | 'drain'): string[] {
  return rows.length === 0 ? [] : [`kuafu traffic ${verb} ${hostWord(rows)}`];
}

function repairs(rows: readonly TrafficRow[]): string[] {
  return ofRooms('repair', rows);
}

function ofRooms(verb: 'repair' | 'status', rows: readonly TrafficRow[]): string[] {
  const lines = rows.map(({ app, room }) => `kuafu traffic ${verb} --app ${app} --idc ${room}`);
  return [...new Set(lines)].sort();
}

function looks(rows: readonly TrafficRow[], serviceOf: (app: string) => string): string[] {
  return [...new Set(rows.map(({ app }) => app))].sort().map((name) => {
    const hosts = hostWord(rows.filter(({ app }) => app === name));
    return `kuafu exec ${hosts} -- systemctl status ${quoteWord(serviceOf(name))}`;
  });
}

function hostWord(rows: readonly TrafficRow[]): string {
  return quoteWord(fold([...new Set(rows.map(({ host }) => host))]));
}
