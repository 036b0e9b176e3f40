import { type FanOutEvent, fanOutReads, outputLimitFor } from '../fanout/fan-out.js';
import type { HostOutcome } from '../fanout/outcome.js';
import type { Secrets } from '../masking/secret.js';
import type { Host } from '../names/host.js';
import { compareNaturally } from '../names/natural-order.js';
import type { ReadConnections, ReadSession } from '../ssh/transport.js';
import { maskedReading, parseReading, type Reading } from './reading.js';
import { type ReadingWanted, readingCommand } from './reading-command.js';

/** The result of reading one host: a reading, or why there is none. No host is left out. */
export interface HostAnswer {
  readonly host: string;
  readonly room: string;
  readonly status: 'answered' | Exclude<HostOutcome['status'], 'exited' | 'signalled'>;
  readonly reading: Reading | undefined;
  /** Why there is no reading; else empty. */
  readonly message: string;
  readonly hint: string;
}

export interface ReadOptions {
  readonly connections: ReadConnections;
  readonly forks: number;
  readonly secrets: Secrets;
  /** How long each host is sampled, in milliseconds; 0: its CPU use is not measured. */
  readonly sampleMs: number;
  readonly wanted: (host: Host) => ReadingWanted;
  readonly listener: (event: FanOutEvent) => void;
  readonly onSession?: (host: string, session: ReadSession) => Promise<void>;
  readonly stop: AbortSignal;
  readonly cut: AbortSignal;
}

/** Reads hosts in parallel, changing nothing; the answers are in natural order of the hosts' names. */
export async function readHosts(hosts: readonly Host[], options: ReadOptions): Promise<HostAnswer[]> {
  const { connections, forks, secrets, sampleMs, wanted, listener, onSession, stop, cut } = options;
  const rooms = new Map(hosts.map(({ name, room }) => [name, room]));
  const answers: HostAnswer[] = [];
  await fanOutReads(hosts, (host) => readingCommand(wanted(host), sampleMs), {
    connections,
    forks,
    outputLimit: outputLimitFor(hosts.length),
    secrets,
    shows: 'data',
    listener: (event) => {
      listener(event);
      if (event.type === 'ended')
        answers.push({ room: rooms.get(event.outcome.host) ?? '', ...answerOf(event.outcome, secrets) });
    },
    ...(onSession === undefined ? {} : { onSession }),
    stop,
    cut,
  });
  return answers.sort((a, b) => compareNaturally(a.host, b.host));
}

function answerOf(outcome: HostOutcome, secrets: Secrets): Omit<HostAnswer, 'room'> {
  const { host, status, message, hint } = outcome;
  if (status !== 'exited' && status !== 'signalled')
    return { host, status, reading: undefined, message, hint };
  const reading = parseReading(outcome.stdout);
  if (reading !== undefined)
    return { host, status: 'answered', reading: maskedReading(reading, secrets), message: '', hint: '' };
  const end = outcome.exitCode === null ? `signal ${outcome.signal}` : `exit ${outcome.exitCode}`;
  const said = outcome.stderr.trim().split('\n').at(-1) ?? '';
  const why = `it did not tell all that was asked (${end}${said === '' ? '' : `: ${said}`})`;
  return { host, status: 'failed', reading: undefined, message: why, hint: '' };
}
