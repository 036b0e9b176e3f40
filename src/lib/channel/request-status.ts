import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { HealthCheck, HttpCheck } from '../config/config-types.js';
import { sessionBehind } from '../ssh/behind.js';
import type { ReadSession } from '../ssh/transport.js';
import { openTcp } from './channel.js';
import { connectFromHere } from './from-here.js';
import { exchange, placeOfUrl } from './http-exchange.js';
import { knock } from './knock.js';

/**
 * The status of one HTTP request, a GET, that leaves from the host of the session. With https, TLS runs from here to the
 * application, and its certificate is checked against the name in the URL, or `health.host`.
 */
export async function requestStatus(session: ReadSession, url: URL, check: HealthCheck): Promise<number> {
  const trusted = await trustedBy(check);
  const { address, port, options } = applicationAt(url, check);
  const channel = await openTcp(sessionBehind(session), address, port, options);
  return await statusOver(channel, url, check, trusted);
}

/**
 * The same from this machine.
 * @throws an Error; NotReached when there was no connection
 */
export async function requestStatusFromHere(url: URL, check: HttpCheck): Promise<number> {
  const trusted = await trustedBy(check);
  const { address, port } = placeOfUrl(url);
  const socket = await connectFromHere(address, port, check.timeoutMs).catch((error) => {
    throw new NotReached(error);
  });
  return await statusOver(socket, url, check, trusted);
}

/** No connection came about. `isRefused`: the machine at that address is there, and nothing listens. */
export class NotReached extends Error {
  readonly isRefused: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.isRefused = cause.code === 'ECONNREFUSED';
  }
}

async function trustedBy({ ca }: HttpCheck): Promise<string | undefined> {
  return ca === undefined ? undefined : await readFile(ca, 'utf8');
}

async function statusOver(
  channel: Duplex,
  url: URL,
  { host, insecure, timeoutMs }: HttpCheck,
  ca: string | undefined,
): Promise<number> {
  const { status } = await exchange(channel, { method: 'GET', url, host, ca, insecure, timeoutMs });
  return status;
}

/** Whether the host can connect to an application; sends nothing. @throws as openTcp does */
export async function reach(session: ReadSession, url: URL, check: HealthCheck): Promise<void> {
  const { address, port, options } = applicationAt(url, check);
  await knock(session, address, port, options);
}

function applicationAt(url: URL, { timeoutMs, via }: HealthCheck) {
  return { ...placeOfUrl(url), options: { timeoutMs, ...(via ? { via } : {}) } };
}

const DISTRUST: ReadonlySet<unknown> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EACCES',
  'EISDIR',
  'ENOENT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * The application answers, but we cannot verify that it is the right one, or the file to verify it with is missing. This
 * says nothing about its health.
 */
export function isDistrust(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return DISTRUST.has(code) || (typeof code === 'string' && code.startsWith('ERR_OSSL_PEM'));
}
