import { describe, expect, it } from 'vitest';
import { parseServers } from '../../../../src/lib/layers/http/haproxy/servers.js';
import { parseStatistics } from '../../../../src/lib/layers/http/haproxy/statistics.js';
import { isDrained, isInTraffic, isUp, isWanted } from '../../../../src/lib/layers/http/server-state.js';
import { StepFailure } from '../../../../src/lib/run/step-handler.js';

const backend = { balancer: 'lb-b', socket: '/run/haproxy/admin.sock', backend: 'shop' };
const HEAD =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';
const row = (name: string, address = '198.18.2.11', port = '8080') =>
  `3 shop 1 ${name} ${address} 2 0 20 20 9 15 3 3 6 0 0 0 - ${port} - 0 0 - - 0`;
const answer = (...rows: readonly string[]) => ['1', `# ${HEAD}`, ...rows, ''].join('\n');

describe('what HAProxy says of its servers', () => {
  it('is read by the names of its columns, wherever they stand', () => {
    const server = {
      name: 'srv1',
      address: '198.18.2.11',
      port: 8080,
      order: 'in',
      isOutByTracking: false,
      isRunning: true,
      weight: 20,
      isChecked: true,
      checkPassed: true,
      isUnset: false,
      isFree: false,
      isOfFile: false,
      isInMaintenance: false,
      isCheckIdle: false,
      passes: 3,
      usesTls: false,
    };
    expect(parseServers(answer(row('srv1')), backend)).toEqual([server]);
    const turned = answer(row('srv1'))
      .split('\n')
      .map((line) => (line.startsWith('# ') ? `# ${line.slice(2).split(' ').reverse().join(' ')}` : line))
      .map((line) => (line.startsWith('3 ') ? line.split(' ').reverse().join(' ') : line));
    expect(parseServers(turned.join('\n'), backend)).toEqual([server]);
    expect(parseServers(answer(), backend)).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a refusal', "Can't find backend.\n"],
    ['no head', `1\n${row('a')}\n`],
    ['a column less in the head', answer(row('a')).replace('srv_uweight ', '')],
    ['a column less in a row', answer(row('a').replace(' 20 20', ' 20'))],
    ['a name with a blank', answer(row('a b'))],
    ['a name with an escape sequence', answer(row('\x1b[31ma'))],
    ['no number', answer(row('a').replace(' 2 0 20', ' NaN 0 20'))],
    ['a number below zero', answer(row('a').replace(' 2 0 20', ' 2 -1 20'))],
    ['a number that is too large', answer(row('a').replace(' 2 0 20', ' 2 99999999999 20'))],
    ['a port that is none', answer(row('a', '198.18.2.11', '80;'))],
    ['another backend', answer(row('a').replace('shop', 'bank'))],
    ['a server twice', answer(row('a'), row('a'))],
  ])('is refused where it is %s, and the balancer is named', (_, text) => {
    expect(() => parseServers(text, backend)).toThrow(StepFailure);
    expect(() => parseServers(text, backend)).toThrow('balancer lb-b');
  });

  it('never is anything but servers or a refusal, whatever is cut out of it or put in', () => {
    const text = answer(row('srv1'), row('srv2', '198.18.2.12'));
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let round = 0; round < 2000; round++) {
      const at = next(text.length);
      const noise = ['', ' ', '\n', '#', '-1', 'NaN', '\0', '1e9', 'shop '][next(9)];
      const broken = text.slice(0, at) + noise + text.slice(at + next(40));
      try {
        for (const server of parseServers(broken, backend))
          for (const number of [server.port, server.weight, server.passes])
            expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(StepFailure);
      }
    }
  });
});

describe('a state', () => {
  const state = ({ address = '198.18.2.11', administrative = 0, operational = 2, weight = 20 }) => {
    const told = row('srv1', address).replace(
      ' 2 0 20 20 ',
      ` ${operational} ${administrative} ${weight} 20 `,
    );
    const [server] = parseServers(answer(told), backend);
    if (server === undefined) throw new Error('it tells of no server');
    return server;
  };
  it.each([
    ['as it was started', {}, { wanted: true, drained: false, up: true, traffic: true }],
    ['taken from `disabled` in the file', { administrative: 4 }, { wanted: true, up: true, traffic: true }],
    ['in maintenance', { administrative: 1, operational: 0 }, { wanted: false, drained: false, up: false }],
    ['drained', { administrative: 8 }, { wanted: false, drained: true, traffic: false }],
    ['drained in a slot', { administrative: 12 }, { wanted: false, drained: true }],
    ['drained and in maintenance', { administrative: 9 }, { wanted: false, drained: false }],
    [
      'drained as the one that it tracks',
      { administrative: 16 },
      { wanted: true, drained: false, traffic: false },
    ],
    ['drained, as is the one that it tracks', { administrative: 24 }, { wanted: false, drained: true }],
    ['without weight', { weight: 0 }, { wanted: true, up: true, traffic: false }],
    ['warming up (slowstart)', { operational: 1 }, { wanted: true, up: true, traffic: true }],
    ['down', { operational: 0 }, { wanted: true, up: false, traffic: false }],
  ])('%s', (_, over, wanted) => {
    const server = state(over);
    expect({
      wanted: isWanted(server),
      drained: isDrained(server),
      up: isUp(server),
      traffic: isInTraffic(server),
    }).toMatchObject(wanted);
  });

  it('a place that is kept free is one that is out and has no address', () => {
    expect(state({ address: '0.0.0.0', administrative: 5 }).isFree).toBe(true);
    expect(state({ administrative: 5 }).isFree).toBe(false);
    expect(state({ address: '0.0.0.0' }).isFree).toBe(false);
  });
});

it('more rows than servers there can be are not understood', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, n) => row(`s${n}`));
  expect(parseServers(answer(...rows(20_000)), backend)).toHaveLength(20_000);
  const words = 'answers more than 20,000 rows, which is not understood as a list of servers';
  expect(() => parseServers(answer(...rows(20_003)), backend)).toThrow(`balancer lb-b ${words}`);
  const head = '# svname,scur,qcur,stot,slim,status';
  const statistics = [head, ...Array.from({ length: 20_010 }, (_, n) => `s${n},0,0,0,,UP`), ''].join('\n');
  expect(() => parseStatistics(statistics, backend)).toThrow(words);
});
