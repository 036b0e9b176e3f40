import type { DnsZone } from '../config/config-types.js';
import { accessTo } from '../layers/dns/adapters.js';
import { type SetChange, wholeName } from '../layers/dns/records.js';
import type { Lane, Plan, Stage, Step } from '../plan/plan.js';
import type { DnsActions } from './actions.js';
import type { DnsFacts } from './change-facts.js';
import { changedNames, oldTtlSeconds } from './changes.js';
import type { AuthorityAnswer } from './read-zones.js';

/** What has to change in a zone at one of its authorities. */
export interface AuthorityChanges {
  readonly zone: DnsZone;
  readonly answer: AuthorityAnswer;
  readonly changes: readonly SetChange[];
}

/** The steps of one zone at one authority, by stage. */
interface Parts extends Pick<AuthorityAnswer, 'authority' | 'room'> {
  readonly claim: Steps;
  readonly set: Steps;
  readonly answer: Steps;
  readonly close: Steps;
  readonly forget: Steps;
  readonly back: Steps;
}

type Steps = readonly Step<DnsActions>[];

/**
 * The stages that make changes, and those that take them back. All authorities are claimed and looked at before one is
 * changed. On the way back each goes by itself, so that one that is silent does not hold up the others; an authority where
 * nothing was begun is not claimed, as another operation may be at work there.
 */
export function changeStages(
  given: readonly AuthorityChanges[],
  facts: DnsFacts,
  judgedBy?: string,
): Pick<Plan<DnsActions>, 'stages' | 'wayBack'> {
  const all = given.filter(({ changes }) => changes.length > 0);
  const number = 1 + Math.max(0, ...facts.answers.map(({ state }) => state?.generation.number ?? 0));
  // Steps of one lane have different ids.
  const isAlone = ({ authority }: AuthorityAnswer) =>
    all.filter(({ answer }) => answer.authority === authority).length === 1;
  const parts = all.map((each) => {
    const idOf = (verb: string) => (isAlone(each.answer) ? verb : `${verb} ${each.zone.name}`);
    const isFirst = all.find(({ zone }) => zone.name === each.zone.name) === each;
    return {
      ...partsOf(each, number, facts.file, idOf),
      ...(judgedBy === undefined ? NOT_JUDGED : judgementOf(each, judgedBy, isFirst, facts.file, idOf)),
    };
  });
  const stages = [
    stageOf('claim', parts, ({ claim }) => claim),
    stageOf('set', parts, ({ set }) => set),
    stageOf('answer', parts, ({ answer }) => answer),
    stageOf('close', parts, ({ close }) => close),
    stageOf('forget', parts, ({ forget }) => forget),
  ].filter(({ lanes }) => lanes.length > 0);
  if (stages.length === 0) return { stages };
  return { stages, wayBack: { when: 'on-failure', stages: [stageOf('back', parts, ({ back }) => back)] } };
}

function partsOf(
  { zone, answer, changes }: AuthorityChanges,
  number: number,
  file: string,
  idOf: (verb: string) => string,
): Omit<Parts, 'answer' | 'forget'> {
  const { authority, room, state } = answer;
  const at = { zone: accessTo(zone), authority, file };
  const step = (verb: string, action: DnsActions) => ({ id: idOf(verb), title: idOf(verb), action });
  const begun = { ifBegun: { stage: 'set', lane: authority, step: idOf('set') } };
  const claim = (from: DnsActions & { kind: 'dns.claim' }) => (state === null ? [] : [step('claim', from)]);
  const close = state === null ? [] : [step('close', { kind: 'dns.close', ...at })];
  const from = state?.generation ?? 'any';
  return {
    ...{ authority, room, close },
    claim: [
      ...claim({ kind: 'dns.claim', ...at, from, number }),
      step('check', { kind: 'dns.check', ...at, changes }),
    ],
    set: [step('set', { kind: 'dns.set', ...at, changes, number })],
    back: [
      ...claim({ kind: 'dns.claim', ...at, from: 'any', number: number + 1 }).map((each) => ({
        ...each,
        ...begun,
      })),
      { ...step('restore', { kind: 'dns.restore', ...at, changes, number: number + 1 }), ...begun },
      ...close,
    ],
  };
}

const NOT_JUDGED: Pick<Parts, 'answer' | 'forget'> = { answer: [], forget: [] };

/** How long an authority may go on with its old answer, for example from a cache of its own. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * The authority answers as it was told; then resolvers forget what it answered before. Resolvers are asked once for a zone,
 * when it may be changed by others again: that takes a TTL.
 */
function judgementOf(
  { zone, answer, changes }: AuthorityChanges,
  room: string,
  isFirst: boolean,
  file: string,
  idOf: (verb: string) => string,
): Pick<Parts, 'answer' | 'forget'> {
  const step = (verb: string, action: DnsActions) => ({ id: idOf(verb), title: idOf(verb), action });
  const { resolvers, name } = zone;
  const old = changedNames(changes).map((below) => ({
    name: wholeName(below, name),
    addresses: zone.names.get(below)?.rooms.get(room) ?? [],
  }));
  const at = { zone: accessTo(zone), authority: answer.authority, file };
  const forget = { resolvers, old, ttlSeconds: oldTtlSeconds(changes) };
  return {
    answer: [step('answer', { kind: 'dns.answer', ...at, changes, withinMs: ANSWER_WITHIN_MS })],
    forget:
      isFirst && resolvers.length > 0 ? [step('forget', { kind: 'dns.forget', zone: name, ...forget })] : [],
  };
}

/** A lane for each authority, also where it has several of the zones. */
function stageOf(id: string, parts: readonly Parts[], stepsOf: (part: Parts) => Steps): Stage<DnsActions> {
  const lanes = [...new Set(parts.map(({ authority }) => authority))].map((name): Lane<DnsActions> => {
    const own = parts.filter(({ authority }) => authority === name);
    const isOnHost = own.some(({ room }) => room !== null);
    return { name, host: isOnHost ? name : null, steps: own.flatMap(stepsOf) };
  });
  return { id, title: id, pass: 'all', lanes: lanes.filter(({ steps }) => steps.length > 0), standby: [] };
}
