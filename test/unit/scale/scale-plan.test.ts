import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../../../src/lib/config/config-types.js';
import { maskedText } from '../../../src/lib/masking/secret.js';
import type { Host } from '../../../src/lib/names/host.js';
import { planChecksum } from '../../../src/lib/plan/checksum.js';
import { planScale, type ScaleFacts } from '../../../src/lib/scale/scale-plan.js';
import type { ScaleRequest } from '../../../src/lib/scale/scale-request.js';
import { parseTemplateLook } from '../../../src/lib/scale/template-look.js';
import { hostNamed } from '../../support/fake-room.js';

const app: AppConfig = {
  name: 'shop',
  service: 'shop.service',
  user: 'shop',
  files: ['/opt/shop'],
  exclude: ['/opt/shop/run'],
  health: {
    http: 'http://{address}:8080/healthz',
    passes: 3,
    everyMs: 1000,
    timeoutMs: 2000,
    withinMs: 30_000,
  },
  env: { file: '/etc/shop/env', common: new Map([['LEVEL', ['info']]]), rooms: new Map(), shared: [] },
  traffic: {
    balancers: new Map([['B', ['lb-b']]]),
    control: 'haproxy:/run/haproxy/admin.sock',
    backend: 'shop',
    port: 8080,
  },
  logs: undefined,
  groups: new Map([['web', new Map()]]),
};
const template: Host = { ...hostNamed('web-a-01'), room: 'A', role: 'member' };
const request: ScaleRequest = {
  app,
  group: 'web',
  room: 'B',
  count: 2,
  template,
  init: 'base',
  start: true,
  oneHop: false,
  replace: false,
  batches: [2],
  budgets: { failed: 5, unreachable: 5, unhealthy: 5 },
};
const facts: ScaleFacts = {
  template: {
    arch: 'x86_64',
    osId: 'debian',
    excluded: app.exclude,
    fingerprint: {
      digest: 'd'.repeat(64),
      bytes: 10_240,
      packed: { codec: 'zstd', digest: 'e'.repeat(64), bytes: 2048 },
    },
    openssh: 9.2,
    look: { ...parseTemplateLook(''), hasUnit: true, account: { uid: '997', gid: '997' } },
  },
  free: ['new-b-01', 'new-b-02', 'new-b-03'].map(hostNamed),
  init: { name: 'base', script: 'echo unchanged' },
  traffic: { balancers: [hostNamed('lb-b')], refusals: [], notes: [] },
  unaskable: [],
  unfinished: [],
  network: '198.18.2.0/24',
  templateRoom: { room: 'A', names: ['web-a-01'], addresses: ['198.18.1.11'], network: '198.18.1.0/24' },
  textOf: maskedText,
};

const withLook = (more: Partial<ScaleFacts['template']['look']>): ScaleFacts => ({
  ...facts,
  template: { ...facts.template, look: { ...facts.template.look, ...more } },
});

const stepsOf = (plan: ReturnType<typeof planScale>, stage: string) =>
  plan.stages.find(({ id }) => id === stage)?.lanes[0]?.steps.map(({ id }) => id);
const refusalsOf = (plan: ReturnType<typeof planScale>) =>
  plan.risks.flatMap(({ level, message }) => (level === 'refuse' ? [message] : []));

describe('the plan of an expansion', () => {
  it('copies by way of this machine where a name for DNS is all that is known of a host', () => {
    const [first = template, ...others] = facts.free;
    const named = { ...first, ssh: { ...first.ssh, address: 'new-b-01.example.org' } };
    const plan = planScale(request, { ...facts, free: [named, ...others] });
    const copy = plan.stages[0]?.lanes[0]?.steps.find(({ id }) => id === 'copy')?.action;
    expect(copy).toMatchObject({ kind: 'copy.tree', method: 'one-hop' });
    expect(plan.risks.map(({ message }) => message)).toContain(
      'no address is known of new-b-01, but a name for DNS; a copy from host to host needs addresses, so every copy passes through this machine',
    );
  });

  it('takes the first spares, keeps the others in wait, and names every host it touches', () => {
    const plan = planScale(request, facts);
    expect(plan.claims).toEqual(['new-b-01', 'new-b-02']);
    expect(plan.stages[0]?.standby.map(({ host }) => host)).toEqual(['new-b-03']);
    expect(plan.hosts.map(({ name }) => name)).toEqual([
      'new-b-01',
      'new-b-02',
      'new-b-03',
      'web-a-01',
      'lb-b',
    ]);
    expect(stepsOf(plan, 'expand')).toEqual([
      'reserve',
      'connect',
      'init',
      'copy',
      'configure',
      'start',
      'enrol',
      'health',
    ]);
    expect(stepsOf(plan, 'join')).toEqual(['join', 'assign']);
    expect(refusalsOf(plan)).toEqual([]);
  });

  it('installs and stops, and leaves traffic alone, without --start', () => {
    const plan = planScale({ ...request, start: false }, facts);
    expect(stepsOf(plan, 'expand')?.at(-1)).toBe('install');
    expect(stepsOf(plan, 'join')).toEqual(['assign']);
    expect(JSON.stringify(plan)).not.toContain('"started"');
  });

  it('is the same data for the same facts, through JSON and back', () => {
    const sum = planChecksum(planScale(request, facts));
    expect(planChecksum(JSON.parse(JSON.stringify(planScale(request, facts))))).toBe(sum);
    expect(planChecksum(planScale({ ...request, count: 1 }, facts))).not.toBe(sum);
  });
});

describe('an expansion is refused', () => {
  it.each([
    ['a pool too small', { ...request, count: 4 }, facts, '4 hosts are asked for, but 3 are free in room B'],
    ['an empty pool', request, { ...facts, free: [] }, '2 hosts are asked for, but none is free in room B'],
    [
      'a template without the service',
      request,
      withLook({ hasUnit: false }),
      'template host web-a-01 has no service shop.service',
    ],
    [
      'a template without the account',
      request,
      withLook({ account: { uid: '', gid: '' } }),
      'template host web-a-01 has no account shop',
    ],
  ])('for %s', (_, ask, known, sentence) => {
    expect(refusalsOf(planScale(ask, known))).toEqual([sentence]);
  });

  it('for a value of the template room in the environment of the new one', () => {
    const env = {
      file: '/etc/shop/env',
      common: new Map([['PEER', ['http://web-a-01:80']]]),
      rooms: new Map(),
      shared: [],
    };
    const plan = planScale({ ...request, app: { ...app, env } }, facts);
    expect(refusalsOf(plan)).toEqual([
      '/etc/shop/env:1 for room B would hold web-a-01, which belongs to room A (if it may: apps.shop.env.shared)',
    ]);
  });
});
