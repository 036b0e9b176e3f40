import { request } from 'node:http';
import type { HealthCheck } from '../config/config-types.js';
import { sentenceOf } from '../errors.js';
import type { Host } from '../inventory/inventory-types.js';
import { CommandTimeoutError, ConnectError, HostError, LinkLostError } from '../ssh/connect-error.js';
import type { Session } from '../ssh/transport.js';
import { readUnit } from './unit.js';

/** The address that a host's health is asked at. */
export function healthUrl({ http }: HealthCheck, host: Host): string {
  return http.replaceAll('{address}', host.ssh.address).replaceAll('{host}', host.name);
}

/**
 * One request of the health check; the text says what came of it. It leaves from the host itself, through its SSH
 * connection: kuafu needs no route to the app's port.
 * @throws {HostError} when the connection to the host is lost
 */
export async function askHealth(
  session: Session,
  url: URL,
  timeoutMs: number,
): Promise<{ ok: boolean; text: string }> {
  try {
    const status = await httpStatus(session, url, timeoutMs);
    return { ok: status >= 200 && status < 400, text: `HTTP ${status}` };
  } catch (error) {
    if (
      error instanceof LinkLostError ||
      error instanceof ConnectError ||
      error instanceof CommandTimeoutError
    )
      throw error;
    return { ok: false, text: sentenceOf(error) };
  }
}

async function httpStatus(session: Session, url: URL, timeoutMs: number): Promise<number> {
  const socket = await session.connectTcp(url.hostname, Number(url.port) || 80, timeoutMs);
  return await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const asked = request(
      { createConnection: () => socket as never, host: url.hostname, path: url.pathname + url.search },
      (response) => {
        clearTimeout(timer);
        response.resume();
        response.on('error', () => undefined);
        resolve(response.statusCode ?? 0);
        socket.destroy();
      },
    );
    asked.on('error', fail);
    asked.end();
  });
}

/** How the application on a host is judged: by its check or, where it has none, by its unit. */
export interface HealthProbe {
  readonly check: HealthCheck | null;
  readonly unit: string;
}

/** Whether a host is healthy at this moment; one that cannot be asked is not. */
export async function isHealthy(
  open: () => Promise<Session>,
  host: Host,
  { check, unit }: HealthProbe,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const session = await open();
    if (check === null) return (await readUnit(session, unit, signal)).activeState === 'active';
    return (await askHealth(session, new URL(healthUrl(check, host)), check.timeoutMs)).ok;
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}
