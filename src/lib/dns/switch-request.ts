import type { Config, DnsZone } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import { didYouMean } from '../names/suggest.js';
import {
  appIn,
  classIn,
  type DeclaredName,
  namedIn,
  requireAddress,
  requireNames,
  zonesWith,
} from './declared-names.js';
import { ALL_PERCENT } from './moved-weights.js';
import { ttlOf } from './set-request.js';

/** Names that lead to one room shall lead to another. */
export interface DnsSwitch {
  /** The zones of the names, each with the names that are asked for alone. */
  readonly zones: readonly DnsZone[];
  readonly from: string;
  readonly to: string;
  /** How much of each share has moved after each step, in percent: rising, to 100. */
  readonly steps: readonly number[];
}

/** Such a switch, made quick beforehand. */
export interface DnsPrepare extends DnsSwitch {
  /** The longest TTL that the names shall have. */
  readonly ttlSeconds: number;
}

/** What is typed. Without name, class and app it is about all names. */
export interface DnsSwitchWords {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly name?: readonly string[] | undefined;
  readonly class?: string | undefined;
  readonly app?: string | undefined;
  readonly steps?: string | undefined;
  readonly prepare?: boolean | undefined;
  readonly ttl?: string | undefined;
}

/** @throws UsageError */
export function parseDnsSwitch(words: DnsSwitchWords, { dns }: Pick<Config, 'dns'>): DnsSwitch {
  const { from, to, name = [], prepare, ttl } = words;
  if (ttl !== undefined && !prepare)
    throw new UsageError(
      '--ttl goes with --prepare',
      'such as: kuafu dns switch --from A --to B --prepare --ttl 5s',
    );
  if (from === undefined || to === undefined)
    throw new UsageError(
      from === undefined ? 'from which room?' : 'to which room?',
      'for example: kuafu dns switch --from A --to B',
    );
  if (from === to) throw new UsageError(`--from and --to are both ${from}`, 'name two rooms');
  const declared = requireNames(dns);
  for (const room of [from, to]) requireRoom(room, declared);
  const chosen = select(words, declared);
  const whole = new Set(chosen.map((each) => each.whole));
  // A name that is asked for by itself is asked for in earnest.
  if (name.length > 0) requireAddress(to, chosen);
  return { zones: zonesWith(whole, dns), from, to, steps: stepsOf(words.steps) };
}

const AT_ONCE = [ALL_PERCENT];

function stepsOf(text: string | undefined): readonly number[] {
  if (text === undefined) return AT_ONCE;
  const words = text.split(',').map((word) => word.trim());
  const steps = words.map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : Number.NaN));
  const isRising = steps.every((step, index) => step > (steps[index - 1] ?? 0) && step <= ALL_PERCENT);
  if (isRising && steps.at(-1) === ALL_PERCENT) return steps;
  throw new UsageError(
    `--steps is ${JSON.stringify(text)}; it must be whole numbers from 1 to 100, each larger than the one before, and 100 the last`,
    'such as: --steps 10,50,100',
  );
}

const SHORT_TTL = '5s';

/** @throws UsageError */
export function parseDnsPrepare(words: DnsSwitchWords, config: Pick<Config, 'dns'>): DnsPrepare {
  if (words.steps !== undefined)
    throw new UsageError(
      '--prepare and --steps exclude each other',
      'first with --prepare, and once the old TTL is over with --steps',
    );
  return { ...parseDnsSwitch(words, config), ttlSeconds: ttlOf(words.ttl ?? SHORT_TTL) };
}

/** Names that are all of what is typed. */
function select(
  { name = [], class: kind, app }: DnsSwitchWords,
  declared: readonly DeclaredName[],
): DeclaredName[] {
  const sets = [
    ...(name.length === 0 ? [] : [namedIn(name, declared)]),
    ...(kind === undefined ? [] : [classIn(kind, declared)]),
    ...(app === undefined ? [] : [appIn(app, declared)]),
  ];
  const chosen = declared.filter(({ whole }) => sets.every((set) => set.has(whole)));
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    'no name is all of what --name, --class and --app say',
    `names: ${declared.map(({ whole }) => whole).join(', ')}`,
  );
}

function requireRoom(room: string, declared: readonly DeclaredName[]): void {
  const known = [...new Set(declared.flatMap(({ name }) => [...name.rooms.keys()]))];
  if (known.includes(room)) return;
  throw new UsageError(
    `no name under layers.dns has an address in room ${room}${didYouMean(room, known)}`,
    `rooms: ${known.join(', ')}`,
  );
}
