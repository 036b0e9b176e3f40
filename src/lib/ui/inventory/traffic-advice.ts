import { fold } from '../../names/fold.js';
import { quoteWord } from '../../shell/quote.js';
import type { TrafficRow, TrafficState } from '../../traffic/traffic-status.js';
import { repairCommands, startCommands, type TrafficReport } from './traffic-view.js';

/** Why a command is suggested, and the command. */
export type Advice = readonly [what: string, command: string];

/**
 * What to type for each state that is not `in traffic`, hosts of one command together.
 * @param serviceOf the unit of an application
 */
export function trafficAdvice(report: TrafficReport, serviceOf: (app: string) => string): Advice[] {
  const rows = report.answers.flatMap((answer) => answer.rows).filter(({ host }) => host !== '');
  const among = (state: TrafficState, isKept = false) =>
    rows.filter((row) => row.state === state && (row.drained !== null) === isKept);
  const each = (what: string, commands: readonly string[]) =>
    commands.map((command): Advice => [what, command]);
  return [
    ...each('bring back those that are missing:', repairCommands(report)),
    ...each('start those that are installed:', startCommands(report)),
    ...each('bring back those that are drained:', onHosts(among('drained', true), 'ready')),
    ...each('bring back whom an operation left drained:', repairs(among('drained'))),
    ...each('take over whom somebody else took out:', onHosts(among('maintenance'), 'drain')),
    ...each('see why they are down:', looks(among('down'), serviceOf)),
  ];
}

function onHosts(rows: readonly TrafficRow[], verb: 'ready' | 'drain'): string[] {
  return rows.length === 0 ? [] : [`kuafu traffic ${verb} ${hostWord(rows)}`];
}

function repairs(rows: readonly TrafficRow[]): string[] {
  const lines = rows.map(({ app, room }) => `kuafu traffic repair --app ${app} --idc ${room}`);
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
