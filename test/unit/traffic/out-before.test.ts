import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import type { BalancerServer } from '../../../src/lib/layers/http/balancer-servers.js';
import type { StepContext } from '../../../src/lib/run/step-handler.js';
import type { Session } from '../../../src/lib/ssh/transport.js';
import type { FloorGuard } from '../../../src/lib/traffic/floor-guard.js';
import { leaveHandler } from '../../../src/lib/traffic/leave.js';
import { trafficHandler } from '../../../src/lib/traffic/membership.js';

const server: BalancerServer = {
  ...{ balancer: 'lb-b', control: 'haproxy:/run/haproxy/admin.sock', backend: 'shop', name: 'web-b-01' },
  ...{ address: '198.18.2.11', port: 8080 },
};
const PLACE = 'lb-b:shop/web-b-01';
const HEAD =
  '1\n# be_name srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_check_result srv_check_health srv_check_state srv_port srv_use_ssl\n';
type Pass = FloorGuard['pass'];
const guard = { pass: (async (_floor, _servers, _context, work) => await work()) as Pass } as FloorGuard;
const floor = { least: 0, members: '', unit: 'shop.service', check: null, withinMs: 1 };

/** A balancer with one server, drained already or not. */
function world(administrative: 0 | 8, facts: Readonly<Record<string, string>> = {}, isAgain = false) {
  const asked: string[] = [];
  const connectUnix = async () =>
    new Duplex({
      read: () => undefined,
      write(chunk, _encoding, done) {
        done();
        const command = `${chunk}`.trim();
        asked.push(command);
        this.push(
          command.startsWith('show servers')
            ? `${HEAD}shop web-b-01 198.18.2.11 2 ${asked.some((each) => each.endsWith('drain')) ? 8 : administrative} 1 3 3 6 8080 0\n\n`
            : '\n',
        );
        this.push(null);
      },
    });
  const session = { host: 'lb-b', connectUnix } as unknown as Session;
  const context = {
    sessionOf: async () => session,
    signal: new AbortController().signal,
    fact: (name: string) => facts[name],
    begins: () => undefined,
    isAgain,
  } as unknown as StepContext;
  const leave = async () =>
    await leaveHandler(guard).apply(
      { kind: 'traffic.leave', server, floor, unasked: true, wasIn: true },
      context,
    );
  const back = async () =>
    await trafficHandler.apply({ kind: 'traffic.member', wanted: 'in', server, back: true }, context);
  return { asked, leave, back };
}

it.each([
  ['serves', 0, {}, false, []],
  ['was taken out by somebody else', 8, {}, false, [PLACE]],
  ['was drained by an attempt before', 8, {}, true, []],
  [
    'was somebody else’s to an attempt before, and is so still',
    8,
    { 'traffic.out-before': `["${PLACE}"]` },
    true,
    [PLACE],
  ],
  ['was put back by somebody else since', 0, { 'traffic.out-before': `["${PLACE}"]` }, true, []],
] as const)('a host that %s: it is on record whose that is', async (_, state, facts, isAgain, foreign) => {
  const { leave } = world(state, facts, isAgain);
  expect((await leave()).facts).toEqual({ 'traffic.out-before': JSON.stringify(foreign) });
});

it('stays where somebody else took it out, by what is on record alone', async () => {
  const { back, asked } = world(8, { 'traffic.out-before': `["${PLACE}"]` });
  expect(await back()).toEqual({
    changed: false,
    message: 'web-b-01 stays out at lb-b, where somebody else took it out',
  });
  expect(asked).toEqual([]);
});
