import { readOnlySession } from '../ssh/read-only.js';
import type { LookContext, StepContext } from './step-handler.js';

/** The same context for a handler that only looks: its sessions can only read. */
export function lookingOnly(context: StepContext): LookContext {
  const { operation, lane, secrets, isAgain, signal } = context;
  return {
    operation,
    lane,
    get host() {
      return context.host;
    },
    session: async () => readOnlySession(await context.session()),
    sessionOf: async (name) => readOnlySession(await context.sessionOf(name)),
    hostOf: (name) => context.hostOf(name),
    secrets,
    isAgain,
    resultOf: (step) => context.resultOf(step),
    fact: (name, lane) => context.fact(name, lane),
    waitsFor: (what) => context.waitsFor(what),
    signal,
  };
}
