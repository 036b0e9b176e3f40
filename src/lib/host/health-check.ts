import { isDistrust, reach, requestStatus } from '../channel/request-status.js';
import type { HealthCheck } from '../config/config-types.js';
import { sentenceOf } from '../errors.js';
import { bracketed } from '../names/addresses.js';
import type { Host } from '../names/host.js';
import { CommandRefusedError, CommandTimeoutError, ForwardError, HostError } from '../ssh/connect-error.js';
import type { ReadSession } from '../ssh/transport.js';
import { readUnit } from './unit.js';

/**
 * The health of an application. Unknown is neither healthy nor sick: the check could not be made, for a reason that says
 * nothing about the application. The loss of such a host counts as a loss of capacity.
 */
export type Health =
  | { readonly state: 'healthy' }
  | { readonly state: 'sick' | 'unknown'; readonly reason: string };

/** The URL of a check, at an address. */
export function urlAt(http: string, address: string): string {
  return http.replaceAll(/\[\{address\}\]|\{address\}/g, bracketed(address));
}

/** The URL at which a host's health is checked. */
export function healthUrl({ http }: HealthCheck, { name, ssh }: Host): string {
  return urlAt(http, ssh.address).replaceAll('{host}', bracketed(name));
}

/** Ranges of HTTP statuses; both ends are included. */
export type StatusRanges = readonly (readonly [from: number, to: number])[];

/** The statuses for older plans, which do not name any. */
const BEFORE: StatusRanges = [[200, 399]];

export function judged(status: number, ranges: StatusRanges): Health {
  const isRight = ranges.some(([from, to]) => status >= from && status <= to);
  return isRight ? { state: 'healthy' } : { state: 'sick', reason: `HTTP ${status}` };
}

/** It answers, and nobody knows whether it is the right one. */
export function distrusted(reason: string): Health {
  return {
    state: 'unknown',
    reason: `its certificate is not trusted (${reason}); health.ca names who is`,
  };
}

/**
 * One request of the health check. It leaves from the host itself, through its SSH connection: kuafu needs no route to
 * the app's port.
 * @throws {HostError} if the connection to the host is lost, or hangs
 */
export async function askHealth(session: ReadSession, url: URL, check: HealthCheck): Promise<Health> {
  try {
    return judged(await requestStatus(session, url, check), check.status ?? BEFORE);
  } catch (error) {
    const reason = sentenceOf(error);
    const isShut = error instanceof ForwardError && error.failure === 'forbidden';
    if (isShut || error instanceof CommandRefusedError) return { state: 'unknown', reason: withHint(error) };
    if (error instanceof HostError && !(error instanceof ForwardError)) throw error;
    return isDistrust(error) ? distrusted(reason) : { state: 'sick', reason };
  }
}

/**
 * Why a health check cannot be made from the host, such as an sshd that does not forward and no tool that could make the
 * request instead. Empty if it can. Whether the application answers does not matter.
 */
export async function whyNotAskable(
  session: ReadSession,
  { url, check }: { readonly url: string; readonly check: HealthCheck },
): Promise<string> {
  try {
    await reach(session, new URL(url), check);
  } catch (error) {
    if (error instanceof ForwardError && error.failure === 'forbidden')
      return `its health could not be asked: ${withHint(error)}`;
    if (error instanceof HostError && !(error instanceof ForwardError)) throw error;
  }
  return '';
}

function withHint({ message, hint }: HostError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** How the application on a host is judged: by its check or, if it has none, by its unit. */
export interface HealthProbe {
  readonly check: HealthCheck | null;
  readonly unit: string;
}

/** The health of a host at this moment. */
export async function readHealth(
  open: () => Promise<ReadSession>,
  host: Host,
  { check, unit }: HealthProbe,
  signal?: AbortSignal,
): Promise<Health> {
  try {
    const session = await open();
    if (check !== null) return await askTwice(session, new URL(healthUrl(check, host)), check);
    const { activeState } = await readUnit(session, unit, signal);
    return activeState === 'active'
      ? { state: 'healthy' }
      : { state: 'sick', reason: `${unit} is ${activeState}` };
  } catch (error) {
    if (error instanceof HostError) return { state: 'unknown', reason: error.message };
    throw error;
  }
}

/** As askHealth. If a busy host or link gave no result in time, it is asked once more: a plan would be refused for it. */
async function askTwice(session: ReadSession, url: URL, check: HealthCheck): Promise<Health> {
  try {
    return await askHealth(session, url, check);
  } catch (error) {
    if (!(error instanceof CommandTimeoutError)) throw error;
    return await askHealth(session, url, check);
  }
}
