import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { HealthCheck } from '../config/config-types.js';
import { sessionBehind } from '../ssh/behind.js';
import type { ReadSession } from '../ssh/transport.js';
import { openTcp } from './channel.js';
import { knock } from './knock.js';

/**
 * The status of one HTTP request, a GET, that leaves from the host of the session. With https, TLS runs from here to the
 * application, and its certificate is checked against the name in the URL, or `health.host`.
 */
export async function requestStatus(session: ReadSession, url: URL, check: HealthCheck): Promise<number> {
  const { timeoutMs } = check;
  const isTls = url.protocol === 'https:';
  const hostname = hostnameOf(url);
  const ca = check.ca === undefined ? undefined : await readFile(check.ca, 'utf8');
  const { address, port, options } = applicationAt(url, check);
  const channel = await openTcp(sessionBehind(session), address, port, options);
  return await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      channel.destroy();
      reject(error);
    };
    channel.on('error', fail);
    const headers = { host: check.host ?? url.host, connection: 'close' };
    const socket = isTls ? secure(channel, check.host?.replace(/:\d+$/, '') ?? hostname, ca, check) : channel;
    socket.on('error', fail);
    const path = url.pathname + url.search;
    const asked = request({ createConnection: () => socket as never, headers, path }, (response) => {
      clearTimeout(timer);
      response.on('error', () => undefined);
      response.resume();
      resolve(response.statusCode ?? 0);
      socket.destroy();
      channel.destroy();
    });
    asked.on('error', fail);
    asked.end();
  });
}

/** Whether the host can connect to an application; sends nothing. @throws as openTcp does */
export async function reach(session: ReadSession, url: URL, check: HealthCheck): Promise<void> {
  const { address, port, options } = applicationAt(url, check);
  await knock(session, address, port, options);
}

function applicationAt(url: URL, { timeoutMs, via }: HealthCheck) {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return { address: hostnameOf(url), port, options: { timeoutMs, ...(via ? { via } : {}) } };
}

/** Without the brackets of an IPv6 literal. */
function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function secure(socket: Duplex, name: string, ca: string | undefined, { insecure }: HealthCheck): Duplex {
  return connectTls({
    socket,
    host: name,
    // An address is not a server name (RFC 6066, 3); the certificate is still checked against it.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: insecure !== true,
  });
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
