import { askDns, type DnsAnswer, type DnsQuestion } from '../../channel/ask-dns.js';
import type { ReadSession } from '../../ssh/transport.js';
import type { NameAnswer } from './authority.js';
import { fault } from './fault.js';
import { wholeName } from './records.js';

/** A DNS server with a zone, as it is asked from its own host. */
export interface Listening {
  readonly session: ReadSession;
  readonly zone: string;
  readonly listen: { readonly address: string; readonly port: number };
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 10_000;

/**
 * Asks with the questions' names below the zone.
 * @throws StepFailure when the server is no authority of the zone, or does not answer
 */
export async function askServer(
  { session, zone, listen, signal }: Listening,
  questions: readonly DnsQuestion[],
): Promise<readonly DnsAnswer[]> {
  const whole = questions.map(({ name, type }) => ({ name: wholeName(name, zone), type }));
  const bounds = { timeoutMs: TIMEOUT_MS, fault: (what: string) => fault(session.host, what), signal };
  const answers = await askDns(session, listen, whole, bounds);
  // Servers refuse questions about zones that they do not have; one that only caches a zone is not authoritative.
  if (answers.some(({ status, isAuthoritative }) => KNOWS.has(status) && !isAuthoritative))
    throw fault(session.host, `is no authority of ${zone}: it answers from what others have told it`);
  if (answers.some(({ status }) => NO_ZONE.has(status))) throw fault(session.host, `has no zone ${zone}`);
  return answers;
}

const KNOWS: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN']);
const NO_ZONE: ReadonlySet<string> = new Set(['REFUSED', 'NOTAUTH', 'NOTZONE']);

/** What users are told for names, IPv4 and IPv6. */
export async function askNames(server: Listening, names: readonly string[]): Promise<NameAnswer[]> {
  const types = ['A', 'AAAA'] as const;
  const answers = await askServer(
    server,
    names.flatMap((name) => types.map((type) => ({ name, type }))),
  );
  return names.map((name, index) => {
    const own = answers.slice(index * types.length, (index + 1) * types.length);
    const wrong = own.find(({ status }) => !KNOWS.has(status));
    return { name, status: wrong?.status ?? 'NOERROR', addresses: own.flatMap(addressesIn).sort() };
  });
}

function addressesIn({ records }: DnsAnswer): string[] {
  return records.flatMap((record) => (record.type === 'A' || record.type === 'AAAA' ? [record.data] : []));
}
