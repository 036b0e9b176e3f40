import { hostScript } from '../../../../host-script.js';
import type { DnsAnswer } from '../../../channel/ask-dns.js';
import { openTalk } from '../../../channel/talk.js';
import { type DeviceState, parseDeviceState } from '../../../guard/generation.js';
import { howItEnded } from '../../../run/remote.js';
import { scriptCommand } from '../../../shell/quote.js';
import { fault } from '../fault.js';
import { nameBelow, type RecordSet, recordSet } from '../records.js';
import { askServer, type Listening } from '../server-answers.js';
import { requireBase64, STATE_NAME, type UpdateKey } from './update.js';
import { parseZoneText } from './zone-text.js';

const TYPES = ['A', 'AAAA', 'CNAME'] as const;
const TRANSFER_MS = 60_000;
const MAX_ZONE_BYTES = 64 * 1024 * 1024;
const NO_DIG = 64;

/** The sets of names, as the server answers with them: what it answers is all that it has. */
export async function readSets(server: Listening, names: readonly string[]): Promise<RecordSet[]> {
  const questions = names.flatMap((name) => TYPES.map((type) => ({ name, type })));
  const answers = await askServer(server, questions);
  const silent = answers.find(({ status }) => status !== 'NOERROR' && status !== 'NXDOMAIN');
  if (silent) throw fault(server.session.host, `answers ${silent.status}`);
  return questions.flatMap(({ name, type }, index) => setIn(answers[index], name, type, server.zone));
}

function setIn(
  answer: DnsAnswer | undefined,
  name: string,
  type: (typeof TYPES)[number],
  zone: string,
): RecordSet[] {
  const own = (answer?.records ?? []).filter((record) => nameBelow(record.name, zone) === name);
  const values = own.flatMap((record) =>
    record.type === type && typeof record.data === 'string' ? [record] : [],
  );
  const [first] = values;
  if (first === undefined) return [];
  return [
    recordSet(
      name,
      type,
      Number('ttl' in first ? first.ttl : 0),
      values.map(({ data }) => String(data)),
    ),
  ];
}

/** Which operation may change the zone; null: nobody has claimed it yet. */
export async function readState(server: Listening): Promise<DeviceState | null> {
  const [answer] = await askServer(server, [{ name: STATE_NAME, type: 'TXT' }]);
  const texts = (answer?.records ?? []).flatMap((record) =>
    record.type === 'TXT' ? [textOf(record.data)] : [],
  );
  const [text] = texts;
  if (text === undefined) return null;
  const state = parseDeviceState(text);
  if (state !== undefined && texts.length === 1) return state;
  throw fault(
    server.session.host,
    `has a TXT record at ${STATE_NAME}.${server.zone} that is none of kuafu: look at it, and remove it once nothing is running for this zone`,
  );
}

function textOf(data: unknown): string {
  const parts = Array.isArray(data) ? data : [data];
  return parts.map(String).join('');
}

/** All sets of the zone, by a transfer. */
export async function readZone(server: Listening, key: UpdateKey): Promise<RecordSet[]> {
  const { session, zone, listen, signal } = server;
  const args = [listen.address, String(listen.port), zone, key.name, key.algorithm];
  const talk = openTalk(session, scriptCommand(hostScript('dns/transfer'), args, 'read', TRANSFER_MS), {
    maxOutputBytes: MAX_ZONE_BYTES,
    ...(signal ? { signal } : {}),
  });
  talk.ask([requireBase64(key)]);
  talk.end();
  const result = await talk.over;
  if (result.exitCode === NO_DIG) throw fault(session.host, 'has no dig: install bind9-dnsutils there');
  const sets = result.exitCode === 0 && !result.truncated ? parseZoneText(result.stdout, zone) : undefined;
  if (sets === undefined)
    throw fault(
      session.host,
      `gives no whole copy of ${zone} to this key: the transfer ${howItEnded(result)}`,
    );
  return sets;
}
