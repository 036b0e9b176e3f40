import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/lib/actions.js';
import type { OperationRecord, TakenSpare } from '../../../src/lib/ledger/ledger.js';
import type { Plan, Stage, Step } from '../../../src/lib/plan/plan.js';
import type { RunEvent, StepResult } from '../../../src/lib/record/events.js';
import { placesInTraffic, planUndo, type UndoFacts } from '../../../src/lib/scale/undo-plan.js';
import { hostNamed } from '../../support/fake-room.js';
import { planOf } from '../ledger/fixture.js';
import { recordOf } from '../ui/sample-record.js';

/** Where the hosts of these tests are in traffic. */
const LAST = { balancer: 'lb-b', address: '198.18.2.101', port: 8080 };
const at = '2026-11-23T10:00:00.000Z';
const done: StepResult = { status: 'done', changed: true, message: '', elapsedMs: 1 };
const tree = {
  paths: ['/opt/shop', '/etc/systemd/system/shop.service'],
  exclude: ['/opt/shop/run'],
  digest: 'd',
  bytes: 1,
  packed: { codec: 'zstd', digest: 'e', bytes: 1 } as const,
};

const IDS: Readonly<Record<string, string>> = {
  'pool.claim': 'claim',
  'copy.tree': 'copy',
  'env.write': 'env',
  'unit.state': 'service',
  'traffic.member': 'traffic',
  'pool.member': 'member',
};

function stepOf(action: Action): Step {
  const id = IDS[action.kind] ?? action.kind;
  return { id, title: id, action };
}

function expansion(hosts: readonly string[], files: readonly string[] = tree.paths): Plan {
  const stage = (id: string, actions: (host: string) => readonly Action[]): Stage => ({
    id,
    title: id,
    lanes: hosts.map((host) => ({
      name: host,
      host,
      steps: actions(host).map(stepOf),
    })),
    standby: [],
    pass: 'each',
  });
  const server = (name: string) => ({
    balancer: 'lb-b',
    control: 'haproxy:/run/haproxy/admin.sock',
    backend: 'shop',
    name,
    address: '198.18.2.101',
    port: 8080,
  });
  return planOf(hosts, {
    hosts: [...hosts, 'lb-b'].map(hostNamed),
    stages: [
      stage('expand', () => [
        { kind: 'pool.claim', room: 'B' },
        {
          kind: 'copy.tree',
          from: 'web-a-01',
          tree: { ...tree, paths: files },
          method: 'chain',
          width: 1,
          sources: ['198.18.2.0/24'],
        },
        { kind: 'env.write', path: '/etc/shop/env', mode: '640', values: [] },
        { kind: 'unit.state', unit: 'shop.service', wanted: 'started' },
      ]),
      stage('join', (host) => [
        { kind: 'traffic.member', wanted: 'in', server: server(host) },
        { kind: 'pool.member', app: 'shop', group: 'web', room: 'B' },
      ]),
    ],
  });
}

/** Events of hosts that came as far as the step `last`. */
function eventsOf(plan: Plan, last: Readonly<Record<string, string>>): RunEvent[] {
  return Object.entries(last).flatMap(([host, end]) => {
    const steps = plan.stages.flatMap((stage) =>
      (stage.lanes.find((lane) => lane.name === host)?.steps ?? []).map((step) => ({
        stage: stage.id,
        step: step.id,
      })),
    );
    const until = steps.findIndex(({ step }) => step === end);
    return steps.slice(0, until + 1).flatMap((step): RunEvent[] => [
      { at, type: 'step-started', attempt: 1, lane: host, undo: false, ...step },
      { at, type: 'step-finished', result: done, lane: host, undo: false, ...step },
    ]);
  });
}

function row(host: string, operation: string, state: TakenSpare['state'] = 'assigned'): TakenSpare {
  return { host, room: 'B', state, app: 'shop', group: 'web', operation, reason: '', since: at };
}

const ID = '261123-k3f9';

function undo(record: OperationRecord, rows: readonly TakenSpare[], over: Partial<UndoFacts> = {}) {
  const hosts = new Map(['b-1', 'b-2', 'b-10', 'lb-b'].map((name) => [name, hostNamed(name)]));
  const facts = {
    rows,
    hosts,
    configured: new Set<string>(),
    inTraffic: [{ balancer: 'lb-b', address: '198.18.2.11', port: 8080 }],
    later: new Map(),
    toZero: false,
  };
  return planUndo(record, { ...facts, ...over });
}

function recorded(
  last: Readonly<Record<string, string>>,
  over: Partial<OperationRecord> = {},
): OperationRecord {
  const plan = expansion(Object.keys(last));
  return recordOf(plan, eventsOf(plan, last), { state: 'done', resumable: false, ...over });
}

const messagesOf = (plan: Plan, wanted: string) =>
  plan.risks.flatMap(({ level, message }) => (level === wanted ? [message] : []));
const stepsOf = (plan: Plan, host: string) =>
  plan.stages.map(({ id, lanes }) => [
    id,
    lanes.find((lane) => lane.name === host)?.steps.map((step) => step.id),
  ]);

describe('the plan that takes an expansion back', () => {
  it('knows the balancer of an expansion that was planned before balancers had kinds', () => {
    const record = recorded({ 'b-1': 'member' });
    const old = JSON.stringify(record.plan).replaceAll('"control":"haproxy:', '"socket":"');
    expect(old).toContain('"socket":"/run/haproxy/admin.sock"');
    const plan = undo({ ...record, plan: JSON.parse(old) }, [row('b-1', ID)]);
    const [leave] = plan.stages[0]?.lanes[0]?.steps ?? [];
    expect(leave?.action).toMatchObject({ server: { balancer: 'lb-b', control: '/run/haproxy/admin.sock' } });
    expect(JSON.stringify(plan)).not.toContain('"socket"');
  });

  it('takes a host that was started and joined later out of traffic as well', () => {
    const server = {
      balancer: 'lb-b',
      control: 'haproxy:/s',
      backend: 'shop',
      name: 'b-1',
      address: '',
      port: 8080,
    };
    const later = new Map([['b-1', [server]]]);
    const plan = undo(recorded({ 'b-1': 'service' }), [row('b-1', ID)], { later });
    expect(stepsOf(plan, 'b-1')).toMatchObject([
      ['leave', ['leave']],
      ['clear', ['stop', 'remove', 'return']],
    ]);
    expect(plan.hosts.map(({ name }) => name)).toEqual(['b-1', 'lb-b']);
  });

  it('takes all hosts out of traffic before any is stopped, and removes what was put there', () => {
    const plan = undo(recorded({ 'b-1': 'member', 'b-10': 'member', 'b-2': 'member' }), [
      row('b-1', ID),
      row('b-10', ID),
      row('b-2', ID),
    ]);
    expect(plan.title).toBe(`undo ${ID}: take 3 hosts of shop/web out of room B`);
    expect(plan.takesOver).toEqual({ operation: ID, hosts: ['b-1', 'b-2', 'b-10'] });
    expect(plan.locks).toEqual(['app/shop/web/B']);
    expect(plan.hosts.map(({ name }) => name)).toEqual(['b-1', 'b-2', 'b-10', 'lb-b']);
    expect(stepsOf(plan, 'b-2')).toEqual([
      ['leave', ['leave']],
      ['clear', ['stop', 'remove', 'return']],
    ]);
    const remove = plan.stages[1]?.lanes[0]?.steps[1]?.action;
    expect(remove).toEqual({
      kind: 'scale.remove',
      paths: [...tree.paths, '/etc/shop/env'],
      exclude: ['/opt/shop/run'],
      files: ['/etc/shop/env'],
    });
    expect(messagesOf(plan, 'refuse')).toEqual([]);
  });

  it('does on a host only what the expansion had begun there', () => {
    const record = recorded(
      { 'b-1': 'copy', 'b-2': 'claim', 'b-10': 'service' },
      { state: 'failed', resumable: true },
    );
    const plan = undo(record, [
      row('b-1', ID, 'reserved'),
      row('b-2', ID, 'reserved'),
      row('b-10', ID, 'reserved'),
    ]);
    expect(stepsOf(plan, 'b-1')).toEqual([['clear', ['stop', 'remove', 'return']]]);
    expect(stepsOf(plan, 'b-2')).toEqual([['clear', ['return']]]);
    const paths = plan.stages[0]?.lanes.map((lane) => lane.steps.find(({ id }) => id === 'remove')?.action);
    expect(paths?.[0]).toEqual({
      kind: 'scale.remove',
      paths: tree.paths,
      exclude: ['/opt/shop/run'],
      files: [],
    });
    expect(messagesOf(plan, 'note')).toContain(
      `operation ${ID} is closed by this and cannot be resumed any more`,
    );
  });

  it('knows from the plan of a version that wrote nothing down on hosts what it brought there itself', () => {
    const need = { arch: 'x86_64', osId: 'debian', diskFree: [], tools: [], idleUnit: 'shop.service' };
    const env = { path: '/etc/shop/env', values: [] };
    const unrecorded = (place: boolean, ...found: readonly string[]) => {
      const record = recorded({ 'b-1': 'member' });
      const connect = { need: place ? { ...need, place: { tree, env: '', replace: false } } : need };
      const step: Step = { id: 'connect', title: 'connect', action: { kind: 'host.connect', ...connect } };
      const stages = record.plan.stages.map((stage) => ({
        ...stage,
        lanes: stage.lanes.map((lane) => ({ ...lane, steps: [step, ...lane.steps] })),
      }));
      const events = record.events.map((event) =>
        event.type === 'step-finished' && found.includes(event.step)
          ? { ...event, result: { ...done, changed: false } }
          : event,
      );
      const plan = undo({ ...record, events, plan: { ...record.plan, stages } }, [row('b-1', ID)]);
      const action = plan.stages[1]?.lanes[0]?.steps[1]?.action;
      return action?.kind === 'scale.remove' ? action.unrecorded : 'no removal';
    };
    expect(unrecorded(true)).toBeUndefined();
    expect(unrecorded(false)).toEqual({ tree, env });
    expect(unrecorded(false, 'copy')).toEqual({ env });
    expect(unrecorded(false, 'copy', 'env')).toEqual({});
  });

  it('leaves alone, and names, hosts that others took or that are unfit', () => {
    const plan = undo(recorded({ 'b-1': 'member', 'b-2': 'member', 'b-10': 'copy' }), [
      row('b-1', ID),
      row('b-2', '261124-zzzz'),
      row('b-10', ID, 'unfit'),
    ]);
    expect(plan.takesOver).toMatchObject({ hosts: ['b-1'] });
    expect(messagesOf(plan, 'note')).toContain(
      'left alone: b-2 (assigned by operation 261124-zzzz), b-10 (unfit)',
    );
  });

  it('says that the configuration names a host as member', () => {
    const plan = undo(recorded({ 'b-1': 'member' }), [row('b-1', ID)], { configured: new Set(['b-1']) });
    expect(messagesOf(plan, 'note').join()).toContain('b-1 stand in the configuration as members');
  });

  it('finds the balancer of an expansion, where it has one', () => {
    expect(placesInTraffic(expansion(['b-1']))).toMatchObject([{ balancer: 'lb-b', backend: 'shop' }]);
    expect(placesInTraffic(planOf(['b-1']))).toEqual([]);
  });
});

describe('taking an expansion back is refused', () => {
  const member = recorded({ 'b-1': 'member' });
  const rows = [row('b-1', ID)];
  it.each<[string, OperationRecord, readonly TakenSpare[], Partial<UndoFacts>, string]>([
    ['while it runs', { ...member, state: 'running' }, rows, {}, `operation ${ID} is running`],
    [
      'for an undo',
      { ...member, plan: { ...member.plan, kind: 'undo' } },
      rows,
      {},
      `operation ${ID} is no expansion: there is nothing to undo`,
    ],
    [
      'when nothing is left of it',
      member,
      [row('b-1', 'other')],
      {},
      `no host belongs to operation ${ID} any more: there is nothing to undo: b-1 (assigned by operation other)`,
    ],
    [
      'when its host is reserved by a person',
      member,
      [{ ...row('b-1', ''), byHand: { operator: 'wang', until: '2026-12-02T00:00:00.000Z' } }],
      {},
      `no host belongs to operation ${ID} any more: there is nothing to undo: b-1 (assigned by wang)`,
    ],
    [
      'when it was undone',
      { ...member, undoneBy: '261201-tp2h' },
      [],
      {},
      `operation ${ID} was undone by operation 261201-tp2h`,
    ],
    [
      'for a host that is not where it was',
      member,
      rows,
      { hosts: new Map([['lb-b', hostNamed('lb-b')]]) },
      'the configuration no longer has b-1 at 198.18.2.101',
    ],
    [
      'for the last host in traffic',
      member,
      rows,
      { inTraffic: [LAST] },
      'no other host is in traffic for shop/web in room B; --to-zero takes them out all the same',
    ],
  ])('%s', (_, record, who, over, sentence) => {
    expect(messagesOf(undo(record, who, over), 'refuse')).toEqual([sentence]);
  });

  it('for a folder of the system, and never for one that is the application s', () => {
    const plan = expansion(['b-1'], ['/opt']);
    const record = recordOf(plan, eventsOf(plan, { 'b-1': 'member' }), { state: 'done' });
    expect(messagesOf(undo(record, rows), 'refuse')).toEqual([
      '/opt is a folder of the system, which kuafu never removes',
    ]);
  });

  it('not for the last host, when told to go to zero', () => {
    const plan = undo(member, rows, { inTraffic: [LAST], toZero: true });
    expect(messagesOf(plan, 'refuse')).toEqual([]);
    expect(messagesOf(plan, 'note')).toContain('no host stays in traffic for shop/web in room B');
  });

  it('not for the last host, when it is not in traffic at all', () => {
    expect(messagesOf(undo(member, rows, { inTraffic: [] }), 'refuse')).toEqual([]);
  });
});
