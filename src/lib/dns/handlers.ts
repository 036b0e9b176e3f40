import { askResolver } from '../channel/from-here.js';
import { askEntry } from '../host/entry-health.js';
import { judgedBy, lookAtAuthority, openAuthority, type ZoneAccess } from '../layers/dns/adapters.js';
import { areMade, openChanges } from '../layers/dns/open-changes.js';
import {
  contentAt,
  isSameContent,
  type RecordSet,
  type SetChange,
  type SetContent,
  wholeName,
} from '../layers/dns/records.js';
import { letGo, stateOf } from '../layers/own-device.js';
import type { Evidence } from '../record/findings.js';
import { type HandlersOf, type LookHandler, StepFailure, type StepHandler } from '../run/step-handler.js';
import type {
  DnsActions,
  DnsCheckAction,
  DnsClaimAction,
  DnsCloseAction,
  DnsRestoreAction,
  DnsSetAction,
} from './actions.js';
import { type AuthorityWays, lookAt, type Open, opener } from './authority-ways.js';
import { areOfTtl, changedNames, oldTtlSeconds, wholeNamesOf } from './changes.js';
import { holdHandler } from './hold-handler.js';
import { answerHandler, forgetHandler } from './judge-handlers.js';
import { takenBack } from './taken-back.js';

export function dnsHandlers(
  ways: AuthorityWays = {
    look: lookAtAuthority,
    open: openAuthority,
    resolve: askResolver,
    entry: askEntry,
  },
): HandlersOf<DnsActions> {
  const open = opener(ways);
  return {
    'dns.claim': claimHandler(open),
    'dns.check': checkHandler(ways),
    'dns.set': setHandler(open),
    'dns.answer': answerHandler(ways),
    'dns.hold': holdHandler(ways),
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
      if (evidence.every(({ ok }) => ok)) return { changed, message: stayWords(changes, zone), evidence };
      const what = `authority ${authority.name} took the change, and has it no longer`;
      throw new StepFailure('failed', what, authority.name, undefined, evidence);
    },
  };
}

/** A name is put back as a whole, or left as a whole: half of it would be an answer that nobody wanted. */
function restoreHandler(open: Open): StepHandler<DnsRestoreAction> {
  return {
    async apply({ changes, meanwhile, number, zone, ...at }, context) {
      const authority = await open({ zone, ...at }, context);
      const sets = await authority.read(changedNames(changes));
      const { foreign, back } = takenBack(changes, meanwhile, sets);
      const ours = back.filter(({ name }) => !foreign.includes(name));
      await authority.apply(ours, stateOf(context, number, 'back'));
      const left = foreign.map((name) => wholeName(name, zone.name)).join(', ');
      const message = left === '' ? '' : `left as somebody else has set it since: ${left}`;
      return { changed: ours.length > 0, message };
    },
  };
}

function closeHandler(open: Open): StepHandler<DnsCloseAction> {
  return { apply: (action, context) => letGo(() => open(action, context), context) };
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

/** What users and operators have to know once the change is made. */
function stayWords(changes: readonly SetChange[], { name: zone, provider }: ZoneAccess): string {
  const isJudged = ({ values }: Pick<SetContent, 'values'>) =>
    values.some((value) => judgedBy(provider, value) !== undefined);
  const forced = changes.filter(({ from, to }) => from && isJudged(from) && !(to && isJudged(to)));
  const names = wholeNamesOf(forced, zone).join(', ');
  const words = [oldAnswerWords(changes), names === '' ? '' : `no longer judged by health: ${names}`];
  return words.filter((each) => each !== '').join('; ');
}

/** By the clock of this machine: `2026-12-01T13:05:10Z`. */
function momentIn(seconds: number): string {
  const moment = new Date();
  moment.setUTCSeconds(moment.getUTCSeconds() + seconds);
  return moment.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Whoever has asked before the change keeps the answer for its TTL. */
function oldAnswerWords(changes: readonly SetChange[]): string {
  const seconds = oldTtlSeconds(changes);
  if (areOfTtl(changes))
    return `resolvers have the new TTL from ${momentIn(seconds)} on, ${seconds}s from now`;
  return seconds === 0 ? '' : `users may have the old answer for ${seconds}s`;
}
