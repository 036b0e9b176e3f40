import { compareNaturally } from '../names/natural-order.js';
import type { HostOutcome, OutcomeStatus } from './outcome.js';

/** Hosts on which a command ended in the same way with the same output. */
export interface OutputGroup {
  readonly hosts: readonly string[];
  readonly status: OutcomeStatus;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly truncated: boolean;
}

/** Hosts with the same text, such as one reason or one text on standard error. */
export interface TextGroup {
  readonly hosts: readonly string[];
  readonly text: string;
  /** There was more text, which was not kept. */
  readonly truncated: boolean;
}

/**
 * By exit status and standard output, the biggest group first, else in the order of the first hosts. A host without a result is
 * included only if it had output before.
 */
export function groupOutputs(outcomes: readonly HostOutcome[]): OutputGroup[] {
  const answered = outcomes.filter(({ status, stdout }) => hasResult(status) || stdout !== '');
  const keyOf = ({ status, exitCode, signal, truncated, stdout }: HostOutcome) =>
    `${status} ${exitCode} ${signal} ${truncated.stdout} ${stdout}`;
  return grouped(answered, keyOf).map(({ hosts, first }) => {
    const { status, exitCode, signal, stdout, truncated } = first;
    return { hosts, status, exitCode, signal, stdout, truncated: truncated.stdout };
  });
}

/** Standard error of all hosts that wrote to it, equal texts once, in the same order. */
export function groupStderr(outcomes: readonly HostOutcome[]): TextGroup[] {
  return textGroups(outcomes, ({ stderr, truncated }) => ({ text: stderr, truncated: truncated.stderr }));
}

/** The reasons of the hosts that ended with this status, in the same order. */
export function groupReasons(outcomes: readonly HostOutcome[], status: OutcomeStatus): TextGroup[] {
  return textGroups(
    outcomes.filter((outcome) => outcome.status === status),
    ({ message }) => ({ text: message, truncated: false }),
  );
}

/** The hosts that had output and whose command ended by itself, by how it ended; in the same order. */
export function groupEnds(
  outcomes: readonly HostOutcome[],
): (Pick<OutputGroup, 'status' | 'exitCode' | 'signal'> & { readonly hosts: readonly string[] })[] {
  const ended = outcomes.filter(({ status, stdout }) => hasResult(status) && stdout !== '');
  const keyOf = ({ status, exitCode, signal }: HostOutcome) => `${status} ${exitCode} ${signal}`;
  return grouped(ended, keyOf).map(({ hosts, first: { status, exitCode, signal } }) => ({
    hosts,
    status,
    exitCode,
    signal,
  }));
}

export function hasResult(status: OutcomeStatus): boolean {
  return status === 'exited' || status === 'signalled';
}

function textGroups(
  outcomes: readonly HostOutcome[],
  textOf: (outcome: HostOutcome) => Omit<TextGroup, 'hosts'>,
): TextGroup[] {
  const talking = outcomes.filter((outcome) => textOf(outcome).text !== '');
  const keyOf = (outcome: HostOutcome) => `${textOf(outcome).truncated} ${textOf(outcome).text}`;
  return grouped(talking, keyOf).map(({ hosts, first }) => ({ hosts, ...textOf(first) }));
}

interface Grouped {
  readonly hosts: string[];
  readonly first: HostOutcome;
}

function grouped(outcomes: readonly HostOutcome[], keyOf: (outcome: HostOutcome) => string): Grouped[] {
  const groups = new Map<string, Grouped>();
  for (const outcome of [...outcomes].sort((a, b) => compareNaturally(a.host, b.host))) {
    const key = keyOf(outcome);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { hosts: [outcome.host], first: outcome });
    else group.hosts.push(outcome.host);
  }
  // A stable sort: equal sizes stay in the order of their first hosts.
  return [...groups.values()].sort((a, b) => b.hosts.length - a.hosts.length);
}
