import { wholeName } from '../layers/dns/records.js';
import type { Risk } from '../plan/plan.js';
import { refusal } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import { type DnsFacts, isHeld } from './change-facts.js';
import { findDisagreements, setsOf } from './disagreements.js';
import { leadsTo } from './leads-to.js';
import type { AuthorityAnswer } from './read-zones.js';

/** Why nothing is changed, and what to type about it. */
export interface Guard {
  readonly message: string;
  readonly hint: string;
}

const STATUS = 'see where names lead: kuafu dns status';

/** What stands in the way of every change: an authority that does not answer, or that another operation has. */
export function authorityGuards({ silent, answers, holders }: DnsFacts): Guard[] {
  const quiet = silent.map(({ authority, zone, message }) => ({
    message: `${authority} could not be asked about ${zone}, and users may ask it: ${message}`,
    hint: `repair it, or take it out of layers.dns for as long as it is down; ${STATUS}`,
  }));
  const held = answers.flatMap((answer) => {
    const { state } = answer;
    if (!isHeld(state) || holders.get(state.operation) === 'over') return [];
    return [heldGuard(answer, state.operation, holders.has(state.operation))];
  });
  return [...quiet, ...held];
}

function heldGuard({ zone, authority }: AuthorityAnswer, operation: string, isKnown: boolean): Guard {
  const message = `${zone} at ${authority} is claimed by operation ${operation}`;
  return isKnown
    ? {
        message,
        hint: `how far it is: kuafu ops show ${operation}; give it up: kuafu ops close ${operation}`,
      }
    : {
        message: `${message}, which is not in this ledger`,
        hint: 'finish it, or make another change, where its ledger is',
      };
}

/** A change of names about which authorities disagree would hide that somebody has changed one of them. */
export function disagreementGuards(facts: DnsFacts): Guard[] {
  return findDisagreements(facts).map(({ zone, name, whole, first, other }) => {
    const words = (at: AuthorityAnswer) =>
      `${at.authority} leads it to ${leadsTo(setsOf(name.name, at), name, zone.provider)}`;
    return {
      message: `the authorities disagree about ${whole}: ${words(first)}, and ${words(other)}`,
      hint: `make them the same first: kuafu dns set ${quoteWord(whole)} --steady`,
    };
  });
}

/** Operations that could not let go of an authority, and are over. */
export function heldNotes({ answers, holders }: DnsFacts): Risk[] {
  const over = answers.flatMap(({ zone, authority, state }) =>
    isHeld(state) && holders.get(state.operation) === 'over'
      ? [`${zone} at ${authority} is still claimed by operation ${state.operation}, which is over`]
      : [],
  );
  return over.map((message) => ({ level: 'note', message }));
}

/** The name would be without any record. */
export function nowhereGuard(name: string, zone: string): Guard {
  return {
    message: `${wholeName(name, zone)} would lead nowhere: a name always leads to a room`,
    hint: STATUS,
  };
}

export function refusals(guards: readonly Guard[]): Risk[] {
  return [...new Set(guards.map(({ message }) => message))].map((message) => refusal(message));
}

/** What to type, a line each. */
export function hintOf(guards: readonly Guard[]): string {
  return [...new Set(guards.map(({ hint }) => hint))].join('\n');
}
