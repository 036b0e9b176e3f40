import { sessionBehind } from '../ssh/behind.js';
import type { ReadSession } from '../ssh/transport.js';
import { openTcp } from './channel.js';
import { exchange, type HttpAnswer, type HttpRequest, placeOfUrl } from './http-exchange.js';

/** What a server has at a URL, asked from the host of the session. A GET changes nothing (RFC 9110, 9.2.1). */
export async function get(
  session: ReadSession,
  asked: Omit<HttpRequest, 'method' | 'body'>,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const { address, port } = placeOfUrl(asked.url);
  const options = { timeoutMs: asked.timeoutMs, signal };
  const channel = await openTcp(sessionBehind(session), address, port, options);
  return await exchange(channel, { ...asked, method: 'GET' });
}
