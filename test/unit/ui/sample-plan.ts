import type { Action } from '../../../src/lib/actions.js';
import type { CopyAction } from '../../../src/lib/copy/actions.js';
import type { Host } from '../../../src/lib/names/host.js';
import type { Lane, Plan } from '../../../src/lib/plan/plan.js';
import type { RunEvent, StepAddress, StepResult } from '../../../src/lib/record/events.js';

const copy: CopyAction = {
  kind: 'copy.tree',
  from: 'web-b-1',
  tree: {
    paths: ['/opt/shop'],
    exclude: ['/opt/shop/run'],
    digest: 'ab',
    bytes: 2_000_000,
    packed: { codec: 'zstd', digest: 'cd', bytes: 1_000_000 },
  },
  method: 'chain',
  width: 1,
  sources: ['198.18.2.0/24'],
};

/** A plan of one stage with steps connect, copy and start on `new-b-1` to `new-b-N`, and so many on standby. */
export function samplePlan(count: number, standby = 0): Plan {
  const names = Array.from({ length: count + standby }, (_, index) => `new-b-${index + 1}`);
  return {
    version: 2,
    kind: 'scale',
    title: `scale shop/web in room B by ${count} hosts`,
    scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] },
    locks: [],
    claims: [],
    hosts: names.map(host),
    stages: [
      {
        id: 'expand',
        title: 'expand',
        lanes: names.slice(0, count).map(lane),
        standby: names.slice(count).map(lane),
        pass: 'each',
      },
    ],
    risks: [],
  };
}

function lane(name: string): Lane<Action> {
  return {
    name,
    host: name,
    steps: [
      {
        id: 'connect',
        title: 'connect',
        action: {
          kind: 'host.connect',
          need: {
            arch: 'x86_64',
            osId: 'debian',
            diskFree: [{ path: '/opt', bytes: 4_000_000 }],
            tools: ['tar'],
            idleUnit: 'shop.service',
          },
        },
      },
      { id: 'copy', title: 'copy', action: copy },
      {
        id: 'start',
        title: 'start',
        action: { kind: 'unit.state', unit: 'shop.service', wanted: 'started' },
      },
    ],
  };
}

function host(name: string, index: number): Host {
  return {
    name,
    room: 'B',
    role: 'spare',
    ssh: {
      address: `198.18.2.${index + 1}`,
      port: 22,
      user: 'root',
      identityFiles: [],
      proxyJump: [],
      hostKeys: 'strict',
      connectTimeoutMs: 1000,
    },
  };
}

/** Events of that plan, one second apart. */
export class SampleEvents {
  #atMs = Date.parse('2026-01-01T00:00:00Z');

  started(): RunEvent {
    return { at: this.#tick(), type: 'operation-started', operator: 'mei', resumed: false };
  }

  batch(batch: number, batches: number, hosts: readonly string[]): RunEvent {
    return { at: this.#tick(), type: 'batch-started', batch, batches, hosts };
  }

  begin(host: string, step: string, undo = false, stage = 'expand'): RunEvent {
    return { at: this.#tick(), type: 'step-started', attempt: 1, ...address(host, step, undo), stage };
  }

  progress(host: string, doneBytes: number): RunEvent {
    return {
      at: this.#tick(),
      type: 'progress',
      doneBytes,
      totalBytes: 2_000_000,
      ...address(host, 'copy', false),
    };
  }

  end(host: string, step: string, result: StepResult, undo = false): RunEvent {
    return { at: this.#tick(), type: 'step-finished', result, ...address(host, step, undo) };
  }

  aside(host: string, reason: string, replacedBy: string | null): RunEvent {
    return {
      at: this.#tick(),
      type: 'host-set-aside',
      stage: 'expand',
      host,
      reason,
      failure: 'failed',
      replacedBy,
    };
  }

  nowMs(): number {
    return this.#atMs;
  }

  #tick(): string {
    this.#atMs += 1000;
    return new Date(this.#atMs).toISOString();
  }
}

export const done: StepResult = { status: 'done', changed: true, message: '', elapsedMs: 1234 };

export function failed(message: string): StepResult {
  return { status: 'failed', failure: 'failed', message, culprit: 'new-b-1', elapsedMs: 500 };
}

function address(host: string, step: string, undo: boolean): StepAddress {
  return { stage: 'expand', lane: host, step, undo };
}
