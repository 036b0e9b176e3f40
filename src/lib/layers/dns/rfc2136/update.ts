import { UsageError } from '../../../errors.js';
import { type DeviceState, deviceStateText } from '../../../guard/generation.js';
import { type SetChange, wholeName } from '../records.js';

/** Words of nsupdate(1), which it reads on standard input. The name of the record that has the generation. */
export const STATE_NAME = '_kuafu';
/** Nobody but kuafu asks for it. */
const STATE_TTL_SECONDS = 5;

export interface UpdateKey {
  readonly name: string;
  readonly algorithm: string;
  readonly secret: string;
}

export interface UpdateTarget {
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly key: UpdateKey;
}

/** A new state, if the zone has the old one; null: none yet. */
export function claimLines(zone: string, from: DeviceState | null, to: DeviceState): string[] {
  const name = absolute(STATE_NAME, zone);
  const had = from === null ? [`prereq nxrrset ${name} TXT`] : [`prereq yxrrset ${name} TXT ${quoted(from)}`];
  return [...had, `update delete ${name} TXT`, `update add ${name} ${STATE_TTL_SECONDS} TXT ${quoted(to)}`];
}

/**
 * The changes, if the zone is at this state and the sets are what they were. A prerequisite compares all values of a set, but
 * not its TTL (RFC 2136, 2.4.2).
 */
export function changeLines(zone: string, changes: readonly SetChange[], as: DeviceState): string[] {
  return [
    `prereq yxrrset ${absolute(STATE_NAME, zone)} TXT ${quoted(as)}`,
    ...changes.flatMap((change) => prerequisites(zone, change)),
    ...changes.flatMap((change) => updates(zone, change)),
  ];
}

function prerequisites(zone: string, { name, type, from }: SetChange): string[] {
  const whole = absolute(name, zone);
  if (from === null) return [`prereq nxrrset ${whole} ${type}`];
  return from.values.map((value) => `prereq yxrrset ${whole} ${type} ${dataOf(type, value)}`);
}

function updates(zone: string, { name, type, to }: SetChange): string[] {
  const whole = absolute(name, zone);
  const adds = (to?.values ?? []).map(
    (value) => `update add ${whole} ${to?.ttlSeconds} ${type} ${dataOf(type, value)}`,
  );
  return [`update delete ${whole} ${type}`, ...adds];
}

/** The whole input: to one server, in one message, which is carried out as a whole or not at all. */
export function updateText({ address, port, zone, key }: UpdateTarget, lines: readonly string[]): string {
  const words = [
    `server ${address} ${port}`,
    `zone ${zone}.`,
    `key ${key.algorithm}:${key.name} ${requireBase64(key)}`,
    ...lines,
    'send',
  ];
  const odd = words.find((line) => /[^\x20-\x7e]/.test(line));
  if (odd !== undefined) throw new Error('a line for nsupdate holds a control character');
  return `${words.join('\n')}\n`;
}

/** The secret comes from the environment: a line end in it would be a command. */
export function requireBase64({ name, secret }: UpdateKey): string {
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(secret)) return secret;
  throw new UsageError(`the secret of the key ${name} is not base64, as tsig-keygen prints it`);
}

function absolute(name: string, zone: string): string {
  return `${wholeName(name, zone)}.`;
}

function dataOf(type: SetChange['type'], value: string): string {
  return type === 'CNAME' ? `${value}.` : value;
}

function quoted(state: DeviceState): string {
  return `"${deviceStateText(state)}"`;
}
