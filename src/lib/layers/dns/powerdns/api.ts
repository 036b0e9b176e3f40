import { z } from 'zod';
import { pipeCommand } from '../../../channel/channel.js';
import { get } from '../../../channel/get.js';
import { exchange, type HttpAnswer, placeOfUrl } from '../../../channel/http-exchange.js';
import { pipe } from '../../../channel/piped-stream.js';
import { UsageError } from '../../../errors.js';
import type { DeviceState } from '../../../guard/generation.js';
import { guardedCommand } from '../../../guard/guard.js';
import type { ReadSession, Session } from '../../../ssh/transport.js';
import { GuardedDevices } from '../../guarded-device.js';
import { fault, superseded } from '../fault.js';
import type { Listening } from '../server-answers.js';

/** The HTTP API of PowerDNS, reached through the SSH connection of its host. */
export interface PowerdnsReached<S extends ReadSession = Session> extends Listening {
  readonly session: S;
  readonly api: string;
  readonly key: string;
}

const TIMEOUT_MS = 20_000;
const MAX_ZONE_BYTES = 64 * 1024 * 1024;

const rrset = z.object({
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  records: z.array(z.object({ content: z.string(), disabled: z.boolean().default(false) })),
});
const zoneDocument = z.object({ rrsets: z.array(rrset) });
const errorDocument = z.object({ error: z.string() });

export type Rrset = z.output<typeof rrset>;

/** A set as the API takes it. */
export interface RrsetChange {
  readonly name: string;
  readonly type: string;
  readonly changetype: 'REPLACE' | 'DELETE';
  readonly ttl?: number;
  readonly records?: readonly { readonly content: string; readonly disabled: boolean }[];
}

/** All sets of the zone. */
export async function readRrsets(reached: PowerdnsReached<ReadSession>): Promise<readonly Rrset[]> {
  const { session, signal } = reached;
  const asked = {
    url: urlOf(reached),
    headers: headersOf(reached),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_ZONE_BYTES,
  };
  const answer = await answered(reached, () => get(session, asked, signal));
  const parsed = zoneDocument.safeParse(jsonOf(answer.body));
  if (!parsed.success) throw fault(session.host, 'gives no zone as the API of PowerDNS does');
  return parsed.data.rrsets;
}

/**
 * Changes sets, all or none, while the zone is at the generation of this state on its host: the request leaves from there,
 * under the lock of the guard.
 */
export async function patchRrsets(
  reached: PowerdnsReached,
  rrsets: readonly RrsetChange[],
  { generation }: DeviceState,
): Promise<void> {
  const { session, zone, signal } = reached;
  const url = urlOf(reached);
  const { address, port } = placeOfUrl(url);
  const guarded = guardedCommand(
    deviceOf(zone),
    generation,
    pipeCommand(['tcp', address, String(port)], TIMEOUT_MS),
  );
  const early = ZONES.error(session.host, guarded.mark);
  await answered(reached, async () => {
    const stream = await pipe(session, guarded.command, signal, early);
    const headers = { ...headersOf(reached), 'content-type': 'application/json' };
    const body = JSON.stringify({ rrsets });
    return await exchange(stream, {
      method: 'PATCH',
      url,
      headers,
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: 65_536,
    });
  });
}

/** The API compares nothing, so the generation of a zone is kept by the guard of its host. */
export const ZONES = new GuardedDevices({ fault, superseded });

export function deviceOf(zone: string): string {
  return `dns-${zone}`;
}

async function answered(
  { session, zone, api, signal }: PowerdnsReached<ReadSession>,
  ask: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const answer = await ask().catch((error: unknown) => {
    const isOfStream = error instanceof Error && error.constructor === Error && !signal?.aborted;
    throw isOfStream ? fault(session.host, `gives no answer at ${api}: ${error.message}`) : error;
  });
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status === 401) throw fault(session.host, `does not know the key of ${zone}`);
  if (answer.status === 404) throw fault(session.host, `has no zone ${zone}`);
  const said = errorDocument.safeParse(jsonOf(answer.body));
  const why = said.success ? `: ${said.data.error}` : '';
  throw fault(session.host, `answers with status ${answer.status}${why}`);
}

function urlOf({ api, zone }: PowerdnsReached<ReadSession>): URL {
  return new URL(`/api/v1/servers/localhost/zones/${encodeURIComponent(`${zone}.`)}`, api);
}

function headersOf({ key, zone }: PowerdnsReached<ReadSession>): Record<string, string> {
  if (/^[\x21-\x7e]+$/.test(key)) return { 'x-api-key': key };
  throw new UsageError(`the key of ${zone} holds what no header of HTTP can hold`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
