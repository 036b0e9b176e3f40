import { isDistrust, reach, requestStatus } from '../channel/request-status.js';
import type { HealthCheck } from '../config/config-types.js';
import { sentenceOf } from '../errors.js';
import { bracketed } from '../names/addresses.js';
import type { Host } from '../names/host.js';
import { CommandRefusedError, ForwardError, HostError } from '../ssh/connect-error.js';
import type { ReadSession } from '../ssh/transport.js';
import { readUnit } from './unit.js';

/**
 * How an application is. Unknown is neither: it could not be asked, for a reason that says nothing about it. Such a host
 * is not taken for one of which nothing is lost.
 */
export type Health =
  | { readonly state: 'healthy' }
  | { readonly state: 'sick' | 'unknown'; readonly reason: string };

/** The address that a host's health is asked at. */
export function healthUrl({ http }: HealthCheck, { name, ssh }: Host): string {
  const literal = bracketed(ssh.address);
  return http.replaceAll(/\[\{address\}\]|\{address\}/g, literal).replaceAll('{host}', bracketed(name));
}

/** Ends of ranges of HTTP statuses, both within. */
export type StatusRanges = readonly (readonly [from: number, to: number])[];

/** What counts in plans of before, which say nothing of it. */
const BEFORE: StatusRanges = [[200, 399]];

/**
 * One request of the health check. It leaves from the host itself, through its SSH connection: kuafu needs no route to
 * the app's port.
 * @throws {HostError} when the connection to the host is lost, or hangs
 */
export async function askHealth(session: ReadSession, url: URL, check: HealthCheck): Promise<Health> {
  try {
    const status = await requestStatus(session, url, check);
    const isRight = (check.status ?? BEFORE).some(([from, to]) => status >= from && status <= to);
    return isRight ? { state: 'healthy' } : { state: 'sick', reason: `HTTP ${status}` };
  } catch (error) {
    const reason = sentenceOf(error);
    const isShut = error instanceof ForwardError && error.failure === 'forbidden';
    if (isShut || error instanceof CommandRefusedError) return { state: 'unknown', reason: withHint(error) };
    if (error instanceof HostError && !(error instanceof ForwardError)) throw error;
    if (isDistrust(error))
      return {
        state: 'unknown',
        reason: `its certificate is not trusted (${reason}); health.ca names who is`,
      };
    return { state: 'sick', reason };
  }
}

/**
 * Why the health of a host cannot be asked there, such as a sshd that forwards nothing and no tool that would do it
 * instead; empty where it can. Whoever answers, or nobody, is no matter.
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

/** How the application on a host is judged: by its check or, where it has none, by its unit. */
export interface HealthProbe {
  readonly check: HealthCheck | null;
  readonly unit: string;
}

/** How a host is at this moment. */
export async function readHealth(
  open: () => Promise<ReadSession>,
  host: Host,
  { check, unit }: HealthProbe,
  signal?: AbortSignal,
): Promise<Health> {
  try {
    const session = await open();
    if (check !== null) return await askHealth(session, new URL(healthUrl(check, host)), check);
    const { activeState } = await readUnit(session, unit, signal);
    if (activeState === 'active') return { state: 'healthy' };
    if (activeState !== '') return { state: 'sick', reason: `${unit} is ${activeState}` };
    return { state: 'unknown', reason: `${host.name}: systemd says nothing of ${unit}` };
  } catch (error) {
    if (error instanceof HostError) return { state: 'unknown', reason: error.message };
    throw error;
  }
}
