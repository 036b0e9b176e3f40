import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Owner } from '../../../src/lib/ledger/ledger.js';
import { currentOwner } from '../../../src/lib/ledger/owner.js';
import type { Host } from '../../../src/lib/names/host.js';
import type { Lane, Plan, Stage } from '../../../src/lib/plan/plan.js';
import type { RunEvent, StepResult } from '../../../src/lib/record/events.js';

export const CHECKSUM = 'c'.repeat(64);

export function host(name: string, room = 'B', role: Host['role'] = 'spare'): Host {
  const ssh = {
    address: '198.18.2.101',
    port: 22,
    user: 'root',
    identityFiles: [],
    proxyJump: [],
    hostKeys: 'strict' as const,
    connectTimeoutMs: 1000,
  };
  return { name, room, role, ssh };
}

export function planOf(claims: readonly string[], over: Partial<Plan> = {}): Plan {
  return {
    version: 2,
    kind: 'scale',
    title: `scale shop/web in room B by ${claims.length} hosts`,
    scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] },
    locks: ['app/shop/web/B'],
    claims,
    hosts: claims.map((name) => host(name)),
    stages: [stageOf('expand', claims, ['connect', 'init', 'copy'])],
    risks: [],
    ...over,
  };
}

export function stageOf(id: string, hosts: readonly string[], steps: readonly string[]): Stage {
  const lanes: Lane[] = hosts.map((name) => ({
    name,
    host: name,
    steps: steps.map((step) => ({ id: step, title: step, action: { kind: 'pool.claim', room: 'B' } })),
  }));
  return { id, title: id, lanes, standby: [], pass: 'each' };
}

/** An owner on a machine that cannot be looked at: the lease decides. */
export function farOwner(operator: string, pid = 4711): Owner {
  return {
    operator,
    launched: 'terminal',
    machine: `far-${operator}`,
    pid,
    processStart: 'boot/pid:[1]/42',
  };
}

/** An owner on this machine whose process is gone. */
export function deadOwner(operator: string): Owner {
  const here = currentOwner({});
  return { ...here, operator, processStart: `${here.processStart}0` };
}

export function started(host: string, step: string, at = '2026-11-23T10:00:00.000Z'): RunEvent {
  return { at, type: 'step-started', attempt: 1, stage: 'expand', lane: host, step, undo: false };
}

export function finished(
  host: string,
  step: string,
  result: StepResult,
  at = '2026-11-23T10:00:01.000Z',
): RunEvent & { type: 'step-finished' } {
  return { at, type: 'step-finished', stage: 'expand', lane: host, step, undo: false, result };
}

/** A folder for one test, and how to take it away. */
export async function scratchFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'kuafu-ledger-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
