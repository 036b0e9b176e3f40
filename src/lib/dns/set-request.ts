import type { Config, DnsZone } from '../config/config-types.js';
import { parseDuration } from '../config/duration.js';
import { ALL_DOWN_WORDS } from '../config/judging.js';
import { UsageError } from '../errors.js';
import {
  classIn,
  declaredNames,
  namedIn,
  requireAddress,
  requireNames,
  zonesWith,
} from './declared-names.js';

/** Where names shall lead. */
export type DnsTarget =
  | { readonly kind: 'weights'; readonly weights: ReadonlyMap<string, number> }
  /** As the configuration declares it. */
  | { readonly kind: 'steady' }
  /** Where the authority finds rooms healthy. `allDown`: where they lead when it finds none: all, one, home or a room. */
  | { readonly kind: 'judged'; readonly allDown: string }
  /** By the weights of the steady state, whoever judges them there. */
  | { readonly kind: 'unjudged' }
  /** Where they lead now, without this room. */
  | { readonly kind: 'without'; readonly room: string };

export interface DnsRequest {
  /** The zones of the names, each with the names that are asked for alone. */
  readonly zones: readonly DnsZone[];
  readonly target: DnsTarget;
  /** Undefined: that of the configuration. */
  readonly ttlSeconds: number | undefined;
}

/** What is typed for both verbs. */
export interface DnsNameWords {
  readonly names: readonly string[];
  readonly class?: string | undefined;
  readonly ttl?: string | undefined;
}

export interface DnsSetWords extends DnsNameWords {
  readonly to?: string | undefined;
  readonly weights?: string | undefined;
  readonly steady?: boolean | undefined;
}

export interface DnsUnsetWords extends DnsNameWords {
  readonly room?: string | undefined;
}

/** @throws UsageError */
export function parseDnsSet(words: DnsSetWords, config: Pick<Config, 'dns'>): DnsRequest {
  const target = targetOf(words);
  return requestOf(words, target, target.kind === 'weights' ? [...target.weights.keys()] : [], config);
}

/** @throws UsageError */
export function parseDnsUnset(words: DnsUnsetWords, config: Pick<Config, 'dns'>): DnsRequest {
  const { room } = words;
  if (room === undefined)
    throw new UsageError('which room?', 'for example: kuafu dns unset www.shop.test --idc A');
  return requestOf(words, { kind: 'without', room }, [room], config);
}

export interface DnsHealthWords extends DnsNameWords {
  readonly allDown?: string | undefined;
}

/** @throws UsageError */
export function parseDnsHealth(
  words: DnsHealthWords,
  isJudged: boolean,
  config: Pick<Config, 'dns'>,
): DnsRequest {
  const { allDown = 'all' } = words;
  if (!isJudged) return requestOf(words, { kind: 'unjudged' }, [], config);
  const isRoom = !ALL_DOWN_WORDS.some((word) => word === allDown);
  return requestOf(words, { kind: 'judged', allDown }, isRoom ? [allDown] : [], config);
}

function targetOf({ to, weights, steady }: DnsSetWords): DnsTarget {
  const given = [to, weights, steady || undefined].filter((word) => word !== undefined);
  if (given.length !== 1)
    throw new UsageError(
      given.length === 0 ? 'where shall the names lead?' : '--to, --weights and --steady exclude each other',
      'one of: --to B, --to A,B, --weights A=90,B=10, --steady',
    );
  if (to !== undefined) return { kind: 'weights', weights: new Map(roomsOf(to).map((room) => [room, 100])) };
  return weights === undefined ? { kind: 'steady' } : { kind: 'weights', weights: weightsOf(weights) };
}

function roomsOf(text: string): string[] {
  const rooms = text.split(',').map((room) => room.trim());
  if (rooms.every((room) => room !== '') && new Set(rooms).size === rooms.length) return rooms;
  throw new UsageError(`--to is ${JSON.stringify(text)}; it must be rooms, each once`, 'such as: --to A,B');
}

function weightsOf(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, room = '', digits = ''] = /^\s*([^=\s]+)=(\d{1,3})\s*$/.exec(part) ?? [];
    const isFault = room === '' || Number(digits) > 100 || weights.has(room);
    if (isFault)
      throw new UsageError(
        `--weights is ${JSON.stringify(text)}; it must be rooms, each once, with weights from 0 to 100`,
        'such as: --weights A=90,B=10; a room that is not named gets no users',
      );
    weights.set(room, Number(digits));
  }
  return weights;
}

function requestOf(
  words: DnsNameWords,
  target: DnsTarget,
  rooms: readonly string[],
  config: Pick<Config, 'dns'>,
): DnsRequest {
  const zones = selectNames(words, config);
  for (const room of rooms) requireAddress(room, declaredNames(zones));
  return { zones, target, ttlSeconds: words.ttl === undefined ? undefined : ttlOf(words.ttl) };
}

function selectNames({ names, class: kind }: DnsNameWords, { dns }: Pick<Config, 'dns'>): DnsZone[] {
  const declared = requireNames(dns);
  if ((names.length === 0) === (kind === undefined))
    throw new UsageError(
      names.length === 0 ? 'which names?' : 'names and --class exclude each other',
      `names: ${declared.map(({ whole }) => whole).join(', ')}; or --class, such as --class web`,
    );
  const chosen = kind === undefined ? namedIn(names, declared) : classIn(kind, declared);
  return zonesWith(chosen, dns);
}

/** @throws UsageError */
export function ttlOf(text: string): number {
  const parsed = parseDuration(text, '1s');
  if ('problem' in parsed) throw new UsageError(`--ttl: ${parsed.problem}`);
  if (parsed.ms % 1000 === 0) return parsed.ms / 1000;
  throw new UsageError(`--ttl is ${text}; a TTL is whole seconds, from 1s to 7d`);
}
