import type { ZoneReport } from '../dns/read-zones.js';
import type { DatabaseLook } from '../layers/database/database-look.js';
import { findingsOf, writersOf } from '../layers/database/judge.js';
import { fold } from '../names/fold.js';
import type { TrafficReport } from '../traffic/traffic-status.js';
import type { Deviation } from './deviation.js';
import { entriesIn, entryDeviations, type SwitchEntry } from './entries.js';
import { nameDeviations, namesIn, type SwitchName } from './names.js';

export type SwitchDatabase = DatabaseLook & { readonly home: string };

/** What names, entries and databases say of themselves. */
export interface SwitchFacts {
  readonly zones: ZoneReport;
  readonly traffic: TrafficReport;
  readonly databases: readonly SwitchDatabase[];
}

/** Something that was asked: an authority, a balancer, a database server or a proxy. */
interface Asked {
  readonly host: string;
  /** Null: it is in no room. */
  readonly room: string | null;
  /** The zone, the application or the database. */
  readonly about: string;
  /** Why it could not be asked; undefined: it answered. */
  readonly message: string | undefined;
}

export interface Silence extends Asked {
  /** The host, and what it was asked about if it answered something else. */
  readonly label: string;
  readonly message: string;
}

/** Where everything is, beside what is declared. What could not be asked is unknown, and is no deviation. */
export interface SwitchStatus {
  /** The whole in one sentence. */
  readonly summary: string;
  readonly names: readonly SwitchName[];
  readonly entries: readonly SwitchEntry[];
  readonly databases: readonly SwitchDatabase[];
  readonly deviations: readonly Deviation[];
  readonly silent: readonly Silence[];
  /** Whether anything answered. */
  readonly isReached: boolean;
}

export function judgeSwitch(facts: SwitchFacts): SwitchStatus {
  const asked = askedIn(facts);
  const silent = silencesIn(asked);
  const deviations = [
    ...nameDeviations(facts.zones),
    ...entryDeviations(facts.traffic),
    ...facts.databases.flatMap(databaseDeviations),
  ];
  return {
    summary: summaryOf(deviations, silent, asked),
    names: namesIn(facts.zones),
    entries: entriesIn(facts.traffic),
    databases: facts.databases,
    deviations,
    silent,
    isReached: silent.length < asked.length,
  };
}

function askedIn({ zones, traffic, databases }: SwitchFacts): Asked[] {
  const answered = { message: undefined };
  return [
    ...zones.answers.map((each) => ({
      host: each.authority,
      room: each.room,
      about: each.zone,
      ...answered,
    })),
    ...zones.silent.map(({ authority, zone, ...each }) => ({ ...each, host: authority, about: zone })),
    ...traffic.answers.map(({ app, room, balancer }) => ({ host: balancer, room, about: app, ...answered })),
    ...traffic.silent.map(({ app, balancer, ...each }) => ({ ...each, host: balancer, about: app })),
    ...databases.flatMap(({ name, members, proxies }) =>
      [...members, ...proxies].map(({ host, room, silence }) => ({
        ...{ host, room, about: name },
        message: silence,
      })),
    ),
  ];
}

function silencesIn(asked: readonly Asked[]): Silence[] {
  const talks = new Set(asked.flatMap(({ host, message }) => (message === undefined ? [host] : [])));
  return asked.flatMap(({ message, ...each }): Silence[] => {
    if (message === undefined) return [];
    const label = talks.has(each.host) ? `${each.host} (${each.about})` : each.host;
    return [{ ...each, label, message }];
  });
}

function databaseDeviations(look: SwitchDatabase): Deviation[] {
  const subject = look.name;
  const [writer, ...others] = writersOf(look);
  const away =
    writer === undefined || others.length > 0 || writer.room === look.home
      ? []
      : [`${subject} has its primary in ${writer.room} (${writer.host}); declared is ${look.home}`];
  const found = findingsOf(look).map((finding) => `${subject}: ${finding}`);
  return [...away, ...found].map((sentence) => ({ subject, sentence }));
}

function summaryOf(
  deviations: readonly Deviation[],
  silent: readonly Silence[],
  asked: readonly Asked[],
): string {
  if (silent.length === asked.length) return 'nothing could be asked';
  const subjects = [...new Set(deviations.map(({ subject }) => subject))];
  const [only, ...more] = deviations.map(({ sentence }) => sentence);
  const off = more.length > 0 ? `not as declared: ${subjects.join(', ')}` : only;
  if (silent.length === 0) return off ?? 'all as declared';
  const unknown = `could not be asked: ${silentPlaces(silent, asked)}`;
  return off === undefined ? `${unknown}; all else is as declared` : `${off}; ${unknown}`;
}

/** `room A, dns-b`: a room is named as a whole where all of it is silent. */
function silentPlaces(silent: readonly Silence[], asked: readonly Asked[]): string {
  const talking = new Set(asked.flatMap(({ room, message }) => (message === undefined ? [room] : [])));
  const isDark = ({ room }: Silence) => room !== null && !talking.has(room);
  const rooms = [...new Set(silent.filter(isDark).map(({ room }) => `room ${room}`))];
  const others = [...new Set(silent.filter((each) => !isDark(each)).map(({ label }) => label))];
  return [...rooms, ...(others.length === 0 ? [] : [fold(others)])].join(', ');
}
