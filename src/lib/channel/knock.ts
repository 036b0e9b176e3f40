import { sessionBehind } from '../ssh/behind.js';
import type { ReadSession } from '../ssh/transport.js';
import { type ChannelOptions, openTcp } from './channel.js';

/** Whether a host can connect to address:port; sends nothing. @throws as openTcp does */
export async function knock(
  session: ReadSession,
  address: string,
  port: number,
  options: ChannelOptions,
): Promise<void> {
  const stream = await openTcp(sessionBehind(session), address, port, options);
  stream.on('error', () => undefined).destroy();
}
