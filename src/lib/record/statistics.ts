import type { OperationState } from './events.js';
import type { Tally } from './tally.js';

/** One operation, with the values that are counted. */
export interface CountedOperation {
  readonly kind: string;
  readonly app: string;
  readonly room: string;
  readonly state: OperationState;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly tally: Tally;
}

/** Times of the attempts that succeeded, in milliseconds, by nearest rank: each is a measured value. Null when there are none. */
export interface Times {
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

export interface Group {
  readonly kind: string;
  readonly app: string;
  readonly room: string;
}

export interface OperationFigures extends Group, Times, Readonly<Record<OperationState, number>> {
  readonly count: number;
  /** Operations done, of all that ended, 0 to 1; null when none has ended. */
  readonly successRate: number | null;
}

/** The attempts at a step on all hosts. */
export interface StepFigures extends Group, Times {
  readonly step: string;
  readonly count: number;
  readonly done: number;
  readonly failed: number;
  readonly unknown: number;
  readonly skipped: number;
  /** Attempts done, of all that were done, failed or unknown. */
  readonly successRate: number | null;
}

export interface ReasonFigures {
  readonly kind: string;
  readonly step: string;
  readonly reason: string;
  /** Attempts that ended with this reason, and operations with such an attempt. */
  readonly count: number;
  readonly operations: number;
}

export interface Statistics {
  readonly operations: readonly OperationFigures[];
  /** In the order in which they run. */
  readonly steps: readonly StepFigures[];
  /** The most frequent first. */
  readonly reasons: readonly ReasonFigures[];
  /** How many operations began in each hour of the day, from 0 to 23, in the time zone of this machine. */
  readonly hours: readonly number[];
}

/** All figures, in one pass over the operations. */
export function statisticsOf(operations: Iterable<CountedOperation>): Statistics {
  const groups = new Map<string, OperationSum>();
  const reasons = new Map<string, ReasonSum>();
  const hours = Array.from({ length: 24 }, () => 0);
  for (const operation of operations) {
    const hour = new Date(operation.startedAt).getHours();
    hours[hour] = (hours[hour] ?? 0) + 1;
    count(operation, groups);
    countReasons(operation, reasons);
  }
  const sorted = [...groups.values()].sort((a, b) => compareGroups(a.group, b.group));
  return {
    operations: sorted.map(operationFigures),
    steps: sorted.flatMap(({ group, steps }) =>
      [...steps].map(([step, sum]) => stepFigures(group, step, sum)),
    ),
    reasons: [...reasons.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    hours,
  };
}

interface OperationSum {
  readonly group: Group;
  readonly states: Record<OperationState, number>;
  readonly doneMs: number[];
  readonly steps: Map<string, StepSum>;
}

interface StepSum extends Record<'failed' | 'unknown' | 'skipped', number> {
  readonly doneMs: number[];
}

type ReasonSum = { -readonly [K in keyof ReasonFigures]: ReasonFigures[K] };

function count({ kind, app, room, state, tally }: CountedOperation, groups: Map<string, OperationSum>): void {
  const key = JSON.stringify([kind, app, room]);
  const sum = groups.get(key) ?? newSum({ kind, app, room });
  groups.set(key, sum);
  sum.states[state] += 1;
  if (state === 'done') sum.doneMs.push(tally.elapsedMs);
  for (const { step, doneMs, failed, unknown, skipped } of tally.steps) {
    const steps: StepSum = sum.steps.get(step) ?? { doneMs: [], failed: 0, unknown: 0, skipped: 0 };
    sum.steps.set(step, steps);
    for (const ms of doneMs) steps.doneMs.push(ms);
    steps.failed += failed;
    steps.unknown += unknown;
    steps.skipped += skipped;
  }
}

function newSum(group: Group): OperationSum {
  const states = { running: 0, done: 0, failed: 0, interrupted: 0, undone: 0 };
  return { group, states, doneMs: [], steps: new Map() };
}

function countReasons({ kind, tally }: CountedOperation, reasons: Map<string, ReasonSum>): void {
  for (const { step, reasons: own } of tally.steps)
    for (const [reason, attempts] of own) {
      const key = JSON.stringify([kind, step, reason]);
      const sum = reasons.get(key) ?? { kind, step, reason, count: 0, operations: 0 };
      reasons.set(key, sum);
      sum.count += attempts;
      sum.operations += 1;
    }
}

function operationFigures({ group, states, doneMs }: OperationSum): OperationFigures {
  const ended = states.done + states.failed + states.interrupted + states.undone;
  return {
    ...group,
    count: ended + states.running,
    ...states,
    successRate: ended === 0 ? null : states.done / ended,
    ...timesOf(doneMs),
  };
}

function stepFigures(group: Group, step: string, { doneMs, failed, unknown, skipped }: StepSum): StepFigures {
  const done = doneMs.length;
  const tried = done + failed + unknown;
  const successRate = tried === 0 ? null : done / tried;
  return {
    ...group,
    step,
    count: tried + skipped,
    done,
    failed,
    unknown,
    skipped,
    successRate,
    ...timesOf(doneMs),
  };
}

function timesOf(ms: readonly number[]): Times {
  const sorted = Float64Array.from(ms).sort();
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  return { medianMs: rank(0.5), p90Ms: rank(0.9), p99Ms: rank(0.99) };
}

function compareGroups(a: Group, b: Group): number {
  const [one, two] = [a, b].map(({ kind, app, room }) => `${kind}\0${app}\0${room}`);
  return (one ?? '') < (two ?? '') ? -1 : 1;
}
