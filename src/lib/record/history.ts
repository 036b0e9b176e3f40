import type { StepRef } from '../plan/plan.js';
import type { RunEvent, StepAddress, StepResult } from './events.js';

/** The state of a step after all events so far. */
export interface StepState {
  /** `open`: the step started and no end was recorded, so the process died in it. */
  readonly status: 'not-started' | 'open' | StepResult['status'];
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly result: StepResult | null;
}

export const NOT_STARTED: StepState = { status: 'not-started', attempts: 0, startedAt: null, result: null };

/**
 * The state of every step, computed from the events of an operation. The ledger keeps only events, so every reader, after a crash
 * or on another machine, computes the same state.
 */
export class History {
  readonly #steps = new Map<string, StepState>();
  readonly #setAside = new Map<string, { reason: string; replacedBy: string | null }>();
  readonly #begun = new Set<string>();
  readonly #standIns = new Set<string>();
  /** By lane and name of the fact. */
  readonly #facts = new Map<string, string>();

  constructor(events: readonly RunEvent[] = []) {
    for (const event of events) this.add(event);
  }

  add(event: RunEvent): void {
    if (event.type === 'step-started' && !event.undo) this.#start(event, event.at);
    else if (event.type === 'step-finished' && event.undo) this.#undo(event, event.result);
    else if (event.type === 'step-finished') this.#finish(event, event.result);
    else if (event.type === 'host-set-aside') this.#giveUp(event);
    if (event.type === 'step-finished' && event.result.status === 'done')
      for (const [name, value] of Object.entries(event.result.facts ?? {}))
        this.#facts.set(factKey(event.lane, name), value);
  }

  state(address: StepRef): StepState {
    return this.#steps.get(keyOf(address)) ?? NOT_STARTED;
  }

  /** Why a host was given up, and the spare host that replaced it; undefined when it was not given up. */
  setAside(host: string): { readonly reason: string; readonly replacedBy: string | null } | undefined {
    return this.#setAside.get(host);
  }

  /** The latest value of a fact that a step of this lane found; undefined when there is none. */
  fact(lane: string, name: string): string | undefined {
    return this.#facts.get(factKey(lane, name));
  }

  /** Whether any step of a host was begun. */
  wasBegun(host: string): boolean {
    return this.#begun.has(host);
  }

  /** Whether a standby host has replaced another host. */
  stoodIn(host: string): boolean {
    return this.#standIns.has(host);
  }

  #giveUp({ host, reason, replacedBy }: RunEvent & { type: 'host-set-aside' }): void {
    this.#setAside.set(host, { reason, replacedBy });
    if (replacedBy !== null) this.#standIns.add(replacedBy);
  }

  #start(address: StepAddress, at: string): void {
    this.#begun.add(address.lane);
    // The host was resumed, so it is not set aside any more.
    if (this.#setAside.get(address.lane)?.replacedBy === null) this.#setAside.delete(address.lane);
    const { attempts } = this.state(address);
    this.#steps.set(keyOf(address), { status: 'open', attempts: attempts + 1, startedAt: at, result: null });
  }

  #finish(address: StepAddress, result: StepResult): void {
    this.#steps.set(keyOf(address), { ...this.state(address), status: result.status, result });
  }

  /**
   * A step that was undone has to be done again. If the undo failed, its effect may still be there, so the step counts as
   * unknown.
   */
  #undo(address: StepAddress, result: StepResult): void {
    if (result.status === 'skipped') return;
    const state = this.state(address);
    const status = result.status === 'done' ? 'not-started' : 'unknown';
    this.#steps.set(keyOf(address), { ...state, status });
  }
}

function factKey(lane: string, name: string): string {
  return JSON.stringify([lane, name]);
}

function keyOf({ stage, lane, step }: StepRef): string {
  return `${stage}/${lane}/${step}`;
}
