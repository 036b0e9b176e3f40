import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { BalancerServer } from '../../../src/lib/layers/http/balancer-servers.js';
import type { Session } from '../../../src/lib/ssh/transport.js';
import { OutOfTraffic } from '../../../src/lib/traffic/kept-out.js';

const server: BalancerServer = {
  balancer: 'lb-b',
  control: 'haproxy:/run/haproxy/admin.sock',
  backend: 'shop',
  name: 'web-b-01',
  address: '198.18.2.11',
  port: 8080,
};
const HEAD =
  '1\n# be_name srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_check_result srv_check_health srv_check_state srv_port srv_use_ssl\n';

/** A balancer with one server, whose every answer takes a while. */
function balancer(answersMs: number) {
  const asked: string[] = [];
  let administrative = 0;
  const answer = (command: string): string => {
    asked.push(command);
    if (command.endsWith('state drain')) administrative = 8;
    if (command.endsWith('state ready')) administrative = 0;
    return command.startsWith('show servers')
      ? `${HEAD}shop web-b-01 198.18.2.11 2 ${administrative} 1 3 3 6 8080 0\n\n`
      : '\n';
  };
  const session = {
    host: 'lb-b',
    connectUnix: async () =>
      new Duplex({
        read: () => undefined,
        write(chunk, _encoding, done) {
          done();
          setTimeout(() => {
            this.push(answer(`${chunk}`.trim()));
            this.push(null);
          }, answersMs);
        },
      }),
  } as unknown as Session;
  const context = { sessionOf: async () => session, signal: new AbortController().signal };
  return { asked, context, ready: () => (administrative = 0), isOut: () => administrative === 8 };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

it('takes a host that is in traffic out while its work lasts, and tells how often', async () => {
  const { context, isOut } = balancer(1);
  const { again } = await new OutOfTraffic().during([server], context, () => until(isOut));
  expect(again).toBe(1);
});

it.each([5, 25, 45, 65, 85])(
  'never again once its work has ended, be it in the middle of a look (after %i ms)',
  async (workMs) => {
    const { context, asked, ready } = balancer(20);
    const looks = () => asked.filter((command) => command.startsWith('show servers')).length;
    let enough = Number.POSITIVE_INFINITY;
    const out = new OutOfTraffic();
    // Another host of the backend goes on, and with it the looks.
    const other = out.during([{ ...server, name: 'web-b-02', address: '198.18.2.12' }], context, () =>
      until(() => looks() >= enough),
    );
    await out.during([server], context, () => sleep(workMs));
    ready();
    const before = asked.length;
    enough = looks() + 3;
    await other;
    expect(asked.slice(before).filter((command) => command.endsWith('state drain'))).toEqual([]);
  },
);
