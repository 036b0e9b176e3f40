import { askResolver } from '../channel/from-here.js';
import type { DeviceState } from '../guard/generation.js';
import { lookAtAuthority, openAuthority } from '../layers/dns/adapters.js';
import { areMade, openChanges } from '../layers/dns/open-changes.js';
import {
  contentAt,
  isSameContent,
  type RecordSet,
  type SetChange,
  type SetContent,
  wholeName,
} from '../layers/dns/records.js';
import type { Evidence } from '../record/findings.js';
import {
  type HandlersOf,
  type LookContext,
  type LookHandler,
  StepFailure,
  type StepHandler,
} from '../run/step-handler.js';
import { HostError } from '../ssh/connect-error.js';
import type {
  DnsActions,
  DnsCheckAction,
  DnsClaimAction,
  DnsCloseAction,
  DnsRestoreAction,
  DnsSetAction,
} from './actions.js';
import { type AuthorityWays, lookAt, type Open, opener } from './authority-ways.js';
import { changedNames, oldTtlSeconds, reversed } from './changes.js';
import { answerHandler, forgetHandler } from './judge-handlers.js';

export function dnsHandlers(
  ways: AuthorityWays = { look: lookAtAuthority, open: openAuthority, resolve: askResolver },
): HandlersOf<DnsActions> {
  const open = opener(ways);
  return {
    'dns.claim': claimHandler(open),
    'dns.check': checkHandler(ways),
    'dns.set': setHandler(open),
    'dns.answer': answerHandler(ways),
    'dns.forget': forgetHandler(ways),
    'dns.restore': restoreHandler(open),
    'dns.close': closeHandler(open),
  };
}

function claimHandler(open: Open): StepHandler<DnsClaimAction> {
  return {
    async apply(action, context) {
      const authority = await open(action, context);
      const phase = action.from === 'any' ? 'back' : 'forward';
      await authority.claim(action.from, stateOf(context, action.number, phase));
      return { changed: true, message: '' };
    },
  };
}

function checkHandler(ways: AuthorityWays): LookHandler<DnsCheckAction> {
  return {
    async apply({ changes, ...at }, context) {
      const authority = await lookAt(ways, at, context);
      openChanges(authority.name, changes, await authority.read(changedNames(changes)));
      return { changed: false, message: '' };
    },
  };
}

function setHandler(open: Open): StepHandler<DnsSetAction> {
  return {
    async apply({ changes, number, zone, ...at }, context) {
      const authority = await open({ zone, ...at }, context);
      const read = () => authority.read(changedNames(changes));
      const changed = !areMade(changes, await read());
      await authority.apply(changes, stateOf(context, number, 'forward'));
      const sets = await read();
      const evidence = changes.map((change) => evidenceOf(change, sets, zone.name));
      if (evidence.every(({ ok }) => ok)) return { changed, message: oldAnswerWords(changes), evidence };
      const what = `authority ${authority.name} took the change, and has it no longer`;
      throw new StepFailure('failed', what, authority.name, undefined, evidence);
    },
  };
}

/** A name is put back as a whole, or left as a whole: half of it would be an answer that nobody wanted. */
function restoreHandler(open: Open): StepHandler<DnsRestoreAction> {
  return {
    async apply({ changes, number, zone, ...at }, context) {
      const authority = await open({ zone, ...at }, context);
      const sets = await authority.read(changedNames(changes));
      const isAs = (change: SetChange, content: SetContent | null) =>
        isSameContent(contentAt(sets, change), content);
      const foreign = changedNames(changes.filter((each) => !isAs(each, each.to) && !isAs(each, each.from)));
      const ours = changes.filter((each) => isAs(each, each.to) && !foreign.includes(each.name));
      await authority.apply(ours.map(reversed), stateOf(context, number, 'back'));
      const left = foreign.map((name) => wholeName(name, zone.name)).join(', ');
      const message = left === '' ? '' : `left as somebody else has set it since: ${left}`;
      return { changed: ours.length > 0, message };
    },
  };
}

/**
 * An authority that cannot be told is no failure, as all records are right by then: the next operation sees that this one is
 * over, and claims over it.
 */
function closeHandler(open: Open): StepHandler<DnsCloseAction> {
  return {
    async apply(action, context) {
      try {
        const authority = await open(action, context);
        const state = await authority.state();
        const isOurs = state.operation === context.operation && state.phase !== 'closed';
        if (isOurs) await authority.close(state);
        return { changed: isOurs, message: '' };
      } catch (error) {
        if (context.signal.aborted || !(error instanceof StepFailure || error instanceof HostError))
          throw error;
        return { changed: false, message: `the next operation will do it: ${error.message}` };
      }
    },
  };
}

/** The id of the operation tells two generations of the same number apart; an id of a generation has no hyphen. */
function stateOf(
  { operation }: Pick<LookContext, 'operation'>,
  number: number,
  phase: DeviceState['phase'],
): DeviceState {
  return { generation: { number, id: operation.replaceAll('-', '') }, phase, operation };
}

function evidenceOf(change: SetChange, sets: readonly RecordSet[], zone: string): Evidence {
  const seen = contentAt(sets, change);
  return {
    what: `${change.type} of ${wholeName(change.name, zone)}`,
    seen: contentWords(seen),
    wanted: contentWords(change.to),
    ok: isSameContent(seen, change.to),
  };
}

function contentWords(content: SetContent | null): string {
  return content === null ? 'none' : `${content.values.join(' ')}, ${content.ttlSeconds}s`;
}

/** Whoever has asked before the change keeps the answer for its TTL. */
function oldAnswerWords(changes: readonly SetChange[]): string {
  const seconds = oldTtlSeconds(changes);
  return seconds === 0 ? '' : `users may have the old answer for ${seconds}s`;
}
