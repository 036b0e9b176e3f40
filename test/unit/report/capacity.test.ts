import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../../../src/lib/config/config-types.js';
import {
  type CapacityQuestion,
  type GroupLoad,
  type HostLoad,
  judgeCapacity,
  NOT_RUNNING,
} from '../../../src/lib/report/capacity.js';
import { tellWaiting } from '../../../src/lib/report/capacity-loads.js';
import { idleNotes } from '../../../src/lib/report/capacity-report.js';

function hosts(room: string, count: number, more: Partial<HostLoad> = {}): HostLoad[] {
  return Array.from({ length: count }, (_, index) => ({
    host: `web-${room.toLowerCase()}-${index + 1}`,
    room,
    serves: true,
    why: '',
    cpus: 4,
    cpusUsed: 2,
    requests: 100,
    ...more,
  }));
}

function judge(members: HostLoad[], question: Partial<CapacityQuestion> = {}, others: GroupLoad[] = []) {
  const group = { app: 'shop', group: 'web', hosts: members };
  const [first] = judgeCapacity([group, ...others], ['A', 'B'], { target: 0.5, ...question });
  return first;
}

const idle = { cpusUsed: 0.001, requests: 0 };
const uncounted = { requests: null };
const unread = { serves: false, why: 'no answer', cpus: null, cpusUsed: null };
const [a4, b2] = [hosts('A', 4), hosts('B', 2)];

describe('when room A is lost', () => {
  it.each([
    ['the load of both rooms has to fit on B', [...a4, ...b2], {}, 'requests', 6, 4],
    ['a higher target needs fewer', [...a4, ...b2], { target: 1 }, 'requests', 3, 1],
    ['a multiple of it', [...a4, ...b2], { peak: { times: 2 } }, 'requests', 12, 10],
    ['a peak of all requests', [...a4, ...b2], { peak: { rate: 300 } }, 'requests', 3, 1],
    ['what a host carries is given', [...a4, ...b2], { perHost: 200 }, 'given', 3, 1],
    [
      'both are given, and nothing is measured',
      [...hosts('A', 1, idle), ...hosts('B', 2, idle)],
      { perHost: 150, peak: { rate: 1200 } },
      'given',
      8,
      6,
    ],
    [
      'a share that is met exactly',
      [...a4, ...b2],
      { perHost: 100 * 0.1, peak: { rate: 30 * 0.1 * 10 } },
      'given',
      3,
      1,
    ],
    [
      'CPU time counts where no balancer does',
      [...hosts('A', 4, uncounted), ...hosts('B', 2, uncounted)],
      {},
      'cpu',
      6,
      4,
    ],
    [
      'no load is no reason to accuse anybody',
      [...hosts('A', 4, idle), ...hosts('B', 2, idle)],
      {},
      'idle',
      1,
      0,
    ],
    ['but somebody must be left for any load', hosts('A', 4, idle), {}, 'idle', 1, 1],
    [
      'nor is a load that nobody told',
      [...hosts('A', 4, { ...unread, ...uncounted }), ...hosts('B', 2, { ...idle, ...uncounted })],
      {},
      'unread',
      null,
      0,
    ],
    [
      'requests without a host that tells what they cost',
      [...hosts('A', 4, unread), ...hosts('B', 2, unread)],
      {},
      'unread',
      null,
      0,
    ],
    [
      'a peak cannot be told from no load',
      [...hosts('A', 4, idle), ...hosts('B', 2, idle)],
      { peak: { times: 2 } },
      'unknown',
      null,
      0,
    ],
    [
      'a host that did not answer still has its requests',
      [...hosts('A', 4, unread), ...b2],
      {},
      'requests',
      6,
      4,
    ],
    [
      'a host that did not answer is taken for as busy as the others',
      [...hosts('A', 4, { ...unread, ...uncounted }), ...hosts('B', 2, uncounted)],
      {},
      'cpu',
      6,
      4,
    ],
  ] as const)('%s', (_what, members, question, basis, needed, short) => {
    expect(judge([...members], question)).toMatchObject({ lost: 'A', left: ['B'], basis, needed, short });
  });

  it('nobody answered, so nobody is short of hosts', () => {
    const members = [
      ...hosts('A', 4, { ...unread, requests: null }),
      ...hosts('B', 2, { ...unread, requests: null }),
    ];
    expect(judge(members)).toMatchObject({ basis: 'unread', needed: null, there: 0, short: 0 });
  });

  it('a group that is stopped everywhere needs none', () => {
    const stopped = { serves: false, why: NOT_RUNNING, cpus: null, cpusUsed: null, requests: null };
    const members = [...hosts('A', 4, stopped), ...hosts('B', 2, stopped)];
    expect(judge(members)).toMatchObject({ basis: 'idle', needed: 0, short: 0 });
  });

  it('hosts that do not serve are not there', () => {
    const [first, ...rest] = hosts('B', 3);
    const members = [...a4, { ...(first as HostLoad), serves: false }, ...rest];
    expect(judge(members)).toMatchObject({ there: 2 });
  });

  it('bigger hosts carry more', () => {
    expect(judge([...a4, ...hosts('B', 2, { cpus: 16 })])).toMatchObject({ needed: 2, short: 0 });
  });

  it('a peak is of all groups of the application, by their share now', () => {
    const api = { app: 'shop', group: 'api', hosts: hosts('A', 2, { requests: 300 }) };
    const mail = { app: 'mail', group: 'web', hosts: hosts('A', 2, { requests: 900 }) };
    expect(judge([...a4, ...b2], { peak: { rate: 2400 } }, [api, mail])).toMatchObject({
      demand: 1200,
      needed: 12,
    });
  });

  it('a group that has no host there is not asked about', () => {
    expect(judge(b2)).toMatchObject({ lost: 'B', there: 0, needed: 2, short: 2 });
  });
});

it('names those that do not serve, folded by reason', () => {
  const members = hosts('B', 2, { serves: false, why: 'no answer' });
  expect(idleNotes([{ app: 'shop', group: 'web', hosts: members }])).toEqual([
    'web-b-[1-2] do not count for shop/web: no answer',
  ]);
});

it('does not call missing what is installed and waits to be started, and says how', () => {
  const waiting = new Set(['web-b-1', 'web-b-2']);
  const idle = { serves: false, why: NOT_RUNNING, cpusUsed: null, requests: null };
  const groups = tellWaiting(
    [{ app: 'shop', group: 'web', hosts: [...hosts('A', 1), ...hosts('B', 3, idle)] }],
    [{ app: { name: 'shop' } as AppConfig, hosts: waiting }],
  );
  expect(idleNotes(groups)).toEqual([
    "for shop/web web-b-[1-2] are installed and not started yet: kuafu start --app shop 'web-b-[1-2]'",
    'web-b-3 does not count for shop/web: its service does not run',
  ]);
});
