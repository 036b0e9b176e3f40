import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import type { Session } from '../../../src/lib/ssh/transport.js';
import { requireStillOut } from '../../../src/lib/traffic/still-out.js';

const HEAD =
  '1\n# be_name srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_check_result srv_check_health srv_check_state srv_port srv_use_ssl\n';
const place = {
  ...{ balancer: 'lb-b', control: 'haproxy:/run/haproxy/admin.sock', backend: 'shop', name: 'web-b-01' },
  ...{ address: '198.18.2.11', port: 8080 },
};

/** A balancer that answers this to whatever it is asked. */
function contextWith(answer: string) {
  const connectUnix = async () =>
    new Duplex({
      read: () => undefined,
      write(_chunk, _encoding, done) {
        done();
        this.push(answer);
        this.push(null);
      },
    });
  const session = { host: 'lb-b', connectUnix } as unknown as Session;
  return { sessionOf: async () => session, signal: new AbortController().signal };
}

const row = (administrative: number) => `shop web-b-01 198.18.2.11 2 ${administrative} 1 3 3 6 8080 0\n`;

it.each([
  ['in maintenance', `${HEAD}${row(1)}\n`],
  ['drained', `${HEAD}${row(8)}\n`],
  ['no longer a server', `${HEAD}\n`],
])('a host that is %s may be stopped', async (_, answer) => {
  await requireStillOut([place], contextWith(answer));
});

it.each([
  ['back in traffic', `${HEAD}${row(0)}\n`, 'it was put into traffic at lb-b since the plan was made'],
  ['of which nobody knows', `${HEAD}`, 'balancer lb-b gave no whole answer'],
])('a host %s may not', async (_, answer, words) => {
  await expect(requireStillOut([place], contextWith(answer))).rejects.toThrow(words);
});
