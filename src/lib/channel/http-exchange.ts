import { request } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

export interface HttpRequest {
  readonly method: 'GET' | 'PATCH';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The Host header, and with https the name in the certificate; absent: the host of the URL. */
  readonly host?: string | undefined;
  /** The authorities that are trusted for the certificate, as PEM; absent: those of this machine. */
  readonly ca?: string | undefined;
  /** Any certificate is trusted. */
  readonly insecure?: boolean | undefined;
  readonly timeoutMs: number;
  /** How much of the body is read; a longer one is an error. Absent: only the status is of interest. */
  readonly maxBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** One request and its answer on a byte stream, which is closed behind it. With https, TLS runs from here to the server. */
export async function exchange(channel: Duplex, asked: HttpRequest): Promise<HttpAnswer> {
  const { method, url, timeoutMs, maxBytes = 0 } = asked;
  return await new Promise<HttpAnswer>((resolve, reject) => {
    let socket = channel;
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const settle = (how: () => void) => {
      clearTimeout(timer);
      how();
      socket.destroy();
      channel.destroy();
    };
    const fail = (error: Error) => settle(() => reject(error));
    channel.on('error', fail);
    if (url.protocol === 'https:') socket = secure(channel, asked);
    socket.on('error', fail);
    const headers = { ...asked.headers, host: asked.host ?? url.host, connection: 'close' };
    const sent = request(
      { createConnection: () => socket as never, method, headers, path: url.pathname + url.search },
      (response) => {
        const status = response.statusCode ?? 0;
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('error', fail);
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > maxBytes) fail(new Error(`an answer of over ${maxBytes} bytes`));
        });
        response.on('end', () => settle(() => resolve({ status, body: Buffer.concat(chunks).toString() })));
        // Nobody waits for a body that is not read: it may be without end.
        if (asked.maxBytes === undefined) settle(() => resolve({ status, body: '' }));
      },
    );
    sent.on('error', fail);
    sent.end(asked.body);
  });
}

function secure(socket: Duplex, { url, host, ca, insecure }: HttpRequest): Duplex {
  const name = host?.replace(/:\d+$/, '') ?? hostnameOf(url);
  return connectTls({
    socket,
    host: name,
    // An address is not a server name (RFC 6066, 3); the certificate is still checked against it.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: insecure !== true,
  });
}

/** Where the server of a URL listens. */
export function placeOfUrl(url: URL): { readonly address: string; readonly port: number } {
  return { address: hostnameOf(url), port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
}

/** Without the brackets of an IPv6 literal. */
function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
