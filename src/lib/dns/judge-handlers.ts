import { setTimeout as sleep } from 'node:timers/promises';
import type { askResolver, ResolverAnswer } from '../channel/from-here.js';
import { sentenceOf } from '../errors.js';
import { computedBy } from '../layers/dns/adapters.js';
import type { NameAnswer, ReadAuthority } from '../layers/dns/authority.js';
import { fitsAnswer } from '../layers/dns/expected-answer.js';
import { areMade } from '../layers/dns/open-changes.js';
import { wholeName } from '../layers/dns/records.js';
import type { Evidence } from '../record/findings.js';
import { type LookContext, type LookHandler, StepFailure } from '../run/step-handler.js';
import { unlessAborted } from '../ssh/abort.js';
import type { DnsAnswerAction, DnsForgetAction } from './actions.js';
import { type AuthorityWays, lookAt } from './authority-ways.js';
import { changedNames } from './changes.js';

const LOOK_EVERY_MS = 250;

export function answerHandler(ways: AuthorityWays): LookHandler<DnsAnswerAction> {
  return {
    async apply(action, context) {
      const authority = await lookAt(ways, action, context);
      if (!authority.can.has('answers'))
        return { changed: false, message: 'what users are told could not be asked' };
      const deadline = performance.now() + action.withinMs;
      for (;;) {
        const look = await lookOnce(authority, action);
        if (look.fault === undefined) return { changed: false, message: '', evidence: look.evidence };
        if (performance.now() > deadline)
          throw new StepFailure('failed', look.fault, authority.name, undefined, look.evidence);
        context.waitsFor(look.fault);
        await sleep(LOOK_EVERY_MS, undefined, { signal: context.signal });
      }
    },
  };
}

interface Look {
  /** Undefined: users are told what was asked for. */
  readonly fault: string | undefined;
  readonly evidence: readonly Evidence[];
}

async function lookOnce(authority: ReadAuthority, { changes, zone }: DnsAnswerAction): Promise<Look> {
  try {
    const names = changedNames(changes);
    const sets = await authority.read(names);
    if (!areMade(changes, sets))
      return { fault: `authority ${authority.name} has the records no longer`, evidence: [] };
    const told = await authority.ask(names);
    const evidence = told.map((answer) => {
      const own = sets.filter(({ name }) => name === answer.name);
      return {
        what: `the answer for ${wholeName(answer.name, zone.name)}`,
        seen: answerWords(answer),
        wanted: own.flatMap(({ values }) => values).join(' '),
        ok: fitsAnswer(own, answer, computedBy(zone.provider)),
      };
    });
    const wrong = evidence.find(({ ok }) => !ok);
    return { fault: wrong && `${authority.name} still gives ${wrong.what}: ${wrong.seen}`, evidence };
  } catch (error) {
    if (error instanceof StepFailure) return { fault: error.message, evidence: [] };
    throw error;
  }
}

function answerWords({ status, addresses }: NameAnswer): string {
  return [...(status === 'NOERROR' ? [] : [status]), ...addresses].join(' ') || 'no address';
}

/** Clocks of resolvers count in whole seconds. */
const GRACE_MS = 2000;
const RESOLVER_TIMEOUT_MS = 2000;
/** A resolver may be several behind one address, each with a TTL of its own. */
const LONGEST_PAUSE_MS = 30_000;

export function forgetHandler({ resolve }: Pick<AuthorityWays, 'resolve'>): LookHandler<DnsForgetAction> {
  return {
    async apply(action, context) {
      const deadline = performance.now() + action.ttlSeconds * 1000 + GRACE_MS;
      const evidence = await Promise.all(
        action.resolvers.map((resolver) => untilForgotten(resolver, action, deadline, resolve, context)),
      );
      const odd = evidence.filter(({ ok }) => !ok).map(({ what, seen }) => `${what} ${seen}`);
      const well = evidence.filter(({ ok }) => ok).map(({ what }) => what);
      const words = well.length === 0 ? [] : [`the new answer is at ${well.join(', ')}`];
      return { changed: false, message: [...odd, ...words].join('; '), evidence };
    },
  };
}

async function untilForgotten(
  resolver: string,
  { old }: DnsForgetAction,
  deadline: number,
  resolve: typeof askResolver,
  context: LookContext,
): Promise<Evidence> {
  const what = `resolver ${resolver}`;
  const wanted = 'no old address';
  for (;;) {
    try {
      const answers = old.map(({ name }) => resolve(resolver, name, RESOLVER_TIMEOUT_MS));
      const told = await unlessAborted(Promise.all(answers), context.signal);
      const kept = old.flatMap(({ name, addresses }, index) => keptIn(told[index], name, addresses));
      if (kept.length === 0) return { what, seen: wanted, wanted, ok: true };
      const seen = `still tells ${kept.map(({ words }) => words).join(', ')}`;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return { what, seen: `${seen} after its TTL`, wanted, ok: false };
      context.waitsFor(`${what} ${seen}`);
      const ttlMs = Math.max(...kept.map(({ ttlSeconds }) => ttlSeconds)) * 1000;
      const pauseMs = Math.min(Math.max(ttlMs, LOOK_EVERY_MS), LONGEST_PAUSE_MS, leftMs);
      await sleep(pauseMs, undefined, { signal: context.signal });
    } catch (error) {
      if (context.signal.aborted) throw error;
      return { what, seen: `could not be asked: ${sentenceOf(error)}`, wanted, ok: false };
    }
  }
}

function keptIn(answer: ResolverAnswer | undefined, name: string, old: readonly string[]) {
  const kept = answer?.addresses.filter((address) => old.includes(address)) ?? [];
  return kept.length === 0
    ? []
    : [{ words: `${kept.join(' ')} for ${name}`, ttlSeconds: answer?.ttlSeconds ?? 0 }];
}
