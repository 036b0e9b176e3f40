import { expect, it } from 'vitest';
import { type ChannelWay, openTcp } from '../../../src/lib/channel/channel.js';
import { ForwardError } from '../../../src/lib/ssh/connect-error.js';
import type { Session } from '../../../src/lib/ssh/transport.js';

/** A host whose sshd forbids forwarding, and which has no tool to open the way; what it was asked for, in order. */
function narrowHost() {
  const asked: string[] = [];
  const session = {
    host: 'web-b-01',
    connectTcp: async () => {
      asked.push('sshd');
      throw new ForwardError('web-b-01', 'forbidden', 'administratively prohibited');
    },
    run: async () => {
      asked.push('tool');
      return { exitCode: 64, stdout: '', stderr: '' };
    },
  } as unknown as Session;
  return { asked, session };
}

it.each<[ChannelWay, readonly string[]]>([
  ['forward', ['sshd', 'sshd']],
  ['host', ['tool', 'tool']],
  // What sshd has forbidden once is not asked for again.
  ['auto', ['sshd', 'tool', 'tool']],
])('by the way %s asks %j', async (via, wanted) => {
  const { asked, session } = narrowHost();
  for (const _ of [1, 2]) {
    // A tool that ends by itself shows that when the way is used.
    const channel = openTcp(session, '127.0.0.1', 1, { timeoutMs: 5000, via });
    await channel.then(
      (stream) => stream.on('error', () => undefined),
      () => undefined,
    );
  }
  await expect.poll(() => asked).toEqual(wanted);
});
