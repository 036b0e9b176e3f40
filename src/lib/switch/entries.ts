import { fold } from '../names/fold.js';
import {
  isTrafficFinding,
  type TrafficAnswer,
  type TrafficReport,
  type TrafficRow,
  type TrafficState,
} from '../traffic/traffic-status.js';
import type { Deviation } from './deviation.js';

/** The servers of an application at a balancer, counted. Null: the balancer could not be asked. */
export interface SwitchEntry {
  readonly app: string;
  readonly room: string;
  readonly balancer: string;
  /** They get requests, or would if the others were down. */
  readonly up: number | null;
  /** They were taken out, by whomever. */
  readonly drained: number | null;
  /** They should get requests, and are down or not known to the balancer. */
  readonly down: number | null;
  readonly state: 'as declared' | 'differs' | 'unknown';
}

type Count = 'up' | 'drained' | 'down';

interface StateWords {
  /** Undefined: it counts nowhere, as nobody expects it in traffic. */
  readonly count: Count | undefined;
  /** What follows the hosts where it is a finding. */
  readonly words: string;
}

const STATES: Readonly<Record<TrafficState, StateWords>> = {
  'in traffic': { count: 'up', words: 'in traffic' },
  backup: { count: 'up', words: 'backup' },
  forgotten: { count: 'up', words: 'in traffic again, though kuafu has drained it' },
  drained: { count: 'drained', words: 'drained, and no operator keeps it out' },
  maintenance: { count: 'drained', words: 'in maintenance' },
  'no weight': { count: 'drained', words: 'without weight' },
  missing: { count: 'down', words: 'missing' },
  unclear: { count: undefined, words: 'unclear' },
  down: { count: 'down', words: 'down' },
  'not started': { count: undefined, words: 'not started' },
  extra: { count: undefined, words: 'extra' },
};

/** The entries of each application, room after room. */
export function entriesIn({ answers, silent }: TrafficReport): SwitchEntry[] {
  const known = answers.map((answer): SwitchEntry => {
    const { app, room, balancer, rows } = answer;
    const counted = (count: Count) => rows.filter(({ state }) => STATES[state].count === count).length;
    const counts = { up: counted('up'), drained: counted('drained'), down: counted('down') };
    const state = isTrafficFinding(answer) ? 'differs' : 'as declared';
    return { app, room, balancer, ...counts, state };
  });
  const unknown = silent.map(
    ({ message: _, ...about }): SwitchEntry => ({
      ...about,
      up: null,
      drained: null,
      down: null,
      state: 'unknown',
    }),
  );
  const all = [...known, ...unknown];
  return all.sort((one, other) => orderOf(one).localeCompare(orderOf(other), 'en', { numeric: true }));
}

function orderOf({ app, room, balancer }: SwitchEntry): string {
  return [app, room, balancer].join('\t');
}

/** A sentence for each balancer that has servers otherwise than configuration and ledger want, and for each doubt. */
export function entryDeviations({ answers }: TrafficReport): Deviation[] {
  return answers.flatMap((answer) => {
    const subject = `${answer.app} at ${answer.balancer}`;
    const faults = faultsOf(answer);
    const sentences = faults === '' ? answer.doubts : [`${subject}: ${faults}`, ...answer.doubts];
    return sentences.map((sentence) => ({ subject, sentence }));
  });
}

/** `web-a-[01-02] missing, web-a-03 down` */
function faultsOf({ rows }: TrafficAnswer): string {
  const wrong = rows.filter((row) => isTrafficFinding({ rows: [row], doubts: [] }));
  const states = [...new Set(wrong.map(({ state }) => state))];
  const hostsIn = (state: TrafficState) => wrong.filter((row) => row.state === state).map(hostOf);
  return states.map((state) => `${fold(hostsIn(state))} ${STATES[state].words}`).join(', ');
}

function hostOf({ host, server }: TrafficRow): string {
  return host === '' ? server : host;
}
