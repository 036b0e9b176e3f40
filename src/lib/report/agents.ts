import { type Clock, doubtMs } from '../host/clock.js';
import type { KeptOut, OperationRecord } from '../ledger/ledger.js';
import type { HostRole } from '../names/host.js';
import type { HostAnswer } from './read-hosts.js';
import { type Finding, silence, unitFindings } from './resources.js';

/** The last operation that began a step on a host. */
export interface LastOperation {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A host as a machine on which commands run. */
export interface Agent extends HostAnswer {
  readonly role: HostRole;
  readonly address: string;
  readonly clock: Clock | undefined;
  /** Type and SHA-256 fingerprint; empty when the host was not reached. */
  readonly hostKey: string;
  /** The first words that its login shell prints before every command; empty when it prints nothing. */
  readonly loginNoise: string;
  readonly lastOperation: LastOperation | undefined;
  /** The applications from whose traffic an operator keeps the host out. */
  readonly drained: readonly KeptOut[];
}

/** If clocks differ by more, logs of several hosts appear in the wrong order. */
const MAX_CLOCK_S = 1;

/** Hosts that did not answer, whose clock is off, whose services do not run or whose units failed. */
export function agentFindings(agents: readonly Agent[]): Finding[] {
  return agents.flatMap((agent) => {
    if (agent.reading === undefined) return [silence(agent)];
    return [...clockFindings(agent), ...unitFindings(agent.host, agent.reading)];
  });
}

/** The clock is off for certain: by more than the uncertainty of the round trip. */
function clockFindings({ host, clock }: Agent): Finding[] {
  if (clock === undefined) return [];
  const offS = Math.abs(clock.offsetMs) / 1000;
  if (offS - doubtMs(clock) / 1000 <= MAX_CLOCK_S) return [];
  return [{ host, kind: 'clock', subject: 'clock off', value: offS, limit: MAX_CLOCK_S }];
}

/** The newest operation of each host, from records in the order newest first. */
export function lastOperations(records: readonly OperationRecord[]): ReadonlyMap<string, LastOperation> {
  const last = new Map<string, LastOperation>();
  for (const { id, kind, state, startedAt, events } of records) {
    const hosts = new Set(events.flatMap((event) => (event.type === 'step-started' ? [event.lane] : [])));
    for (const host of hosts) if (!last.has(host)) last.set(host, { id, kind, state, at: startedAt });
  }
  return last;
}
