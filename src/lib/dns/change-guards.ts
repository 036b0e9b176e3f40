import { heldGuards, overWords } from '../layers/device-holders.js';
import { wholeName } from '../layers/dns/records.js';
import type { Risk } from '../plan/plan.js';
import type { Guard } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import type { DnsFacts } from './change-facts.js';
import { findDisagreements, setsOf } from './disagreements.js';
import { leadsTo } from './leads-to.js';
import type { AuthorityAnswer } from './read-zones.js';

const STATUS = 'see where names lead: kuafu dns status';

/** What stands in the way of every change: an authority that does not answer, or that another operation has. */
export function authorityGuards({ silent, answers, holders }: DnsFacts): Guard[] {
  const quiet = silent.map(({ authority, zone, message }) => ({
    message: `${authority} could not be asked about ${zone}, and users may ask it: ${message}`,
    hint: `repair it, or take it out of layers.dns for as long as it is down; ${STATUS}`,
  }));
  const held = answers.flatMap((answer) => heldGuards(deviceOf(answer), answer.state, holders));
  return [...quiet, ...held];
}

function deviceOf({ zone, authority }: AuthorityAnswer): string {
  return `${zone} at ${authority}`;
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
  const over = answers.flatMap((answer) => overWords(deviceOf(answer), answer.state, holders));
  return over.map((message) => ({ level: 'note', message }));
}

/** The name would be without any record. */
export function nowhereGuard(name: string, zone: string): Guard {
  return {
    message: `${wholeName(name, zone)} would lead nowhere: a name always leads to a room`,
    hint: STATUS,
  };
}
