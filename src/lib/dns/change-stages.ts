import { accessTo } from '../layers/dns/adapters.js';
import type { Lane, Plan, Stage, Step } from '../plan/plan.js';
import type { DnsActions } from './actions.js';
import type { AuthorityChanges, PartOfChange } from './authority-changes.js';
import type { DnsFacts } from './change-facts.js';
import { inOne } from './changes.js';
import { holdOf, type Judgement, judgementOf, verbAt } from './judgement.js';
import type { AuthorityAnswer } from './read-zones.js';

/** The steps of one zone at one authority, by stage. */
interface Parts extends Pick<AuthorityAnswer, 'authority' | 'room'> {
  readonly claim: Steps;
  /** For each step of the change. */
  readonly sets: readonly Steps[];
  readonly answers: readonly Steps[];
  readonly holds: readonly Steps[];
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
  judgement?: Judgement,
): Pick<Plan<DnsActions>, 'stages' | 'wayBack'> {
  const all = given.filter(({ changes }) => changes.length > 0);
  const number = 1 + Math.max(0, ...facts.answers.map(({ state }) => state?.generation.number ?? 0));
  // Steps of one lane have different ids.
  const isAlone = ({ authority }: AuthorityAnswer) =>
    all.filter(({ answer }) => answer.authority === authority).length === 1;
  const parts = all.map((each): Parts => {
    const idOf = (verb: string) => (isAlone(each.answer) ? verb : `${verb} ${each.zone.name}`);
    const isFirst = all.find(({ zone }) => zone.name === each.zone.name) === each;
    const judged = judgement && judgementOf(each, partsIn(each), judgement, isFirst, facts.file, idOf);
    return { ...partsOf(each, number, facts.file, idOf), ...NOT_JUDGED, ...judged };
  });
  const held = judgement && withHolds(all, parts, judgement);
  const stages = stagesOf(held ?? parts, percentsOf(all)).filter(({ lanes }) => lanes.length > 0);
  if (stages.length === 0) return { stages };
  const back = stageOf('back', parts, (part) => part.back);
  return { stages, wayBack: { when: 'on-failure', stages: [back] } };
}

/** Undefined: the change is made at once. */
function percentsOf([first]: readonly AuthorityChanges[]): readonly (number | undefined)[] {
  return first?.steps?.map(({ percent }) => percent) ?? [undefined];
}

function stagesOf(parts: readonly Parts[], percents: readonly (number | undefined)[]): Stage<DnsActions>[] {
  const steps = percents.flatMap((percent, index) => [
    stageOf(verbAt('set', percent), parts, ({ sets }) => sets[index] ?? []),
    stageOf(verbAt('answer', percent), parts, ({ answers }) => answers[index] ?? []),
    stageOf(verbAt('hold', percent), parts, ({ holds }) => holds[index] ?? []),
  ]);
  return [
    stageOf('claim', parts, ({ claim }) => claim),
    ...steps,
    stageOf('close', parts, ({ close }) => close),
    stageOf('forget', parts, ({ forget }) => forget),
  ];
}

function partsIn({ changes, steps }: AuthorityChanges): readonly Partial<PartOfChange>[] {
  return steps ?? [{ changes }];
}

function partsOf(
  each: AuthorityChanges,
  number: number,
  file: string,
  idOf: (verb: string) => string,
): Omit<Parts, keyof typeof NOT_JUDGED> {
  const { zone, answer } = each;
  const { authority, room, state } = answer;
  const at = { zone: accessTo(zone), authority, file };
  const step = (verb: string, action: DnsActions) => ({ id: idOf(verb), title: idOf(verb), action });
  const [verb = 'set'] = partsIn(each).map(({ percent }) => verbAt('set', percent));
  const begun = { ifBegun: { stage: verb, lane: authority, step: idOf(verb) } };
  const claim = (from: DnsActions & { kind: 'dns.claim' }) => (state === null ? [] : [step('claim', from)]);
  const close = state === null ? [] : [step('close', { kind: 'dns.close', ...at })];
  const from = state?.generation ?? 'any';
  const whole = inOne(partsIn(each).map(({ changes = [] }) => changes));
  const meanwhile = each.steps?.slice(0, -1).flatMap(({ changes }) => changes);
  const back = { changes: whole, ...(meanwhile && { meanwhile }), number: number + 1 };
  return {
    ...{ authority, room, close },
    claim: [
      ...claim({ kind: 'dns.claim', ...at, from, number }),
      step('check', { kind: 'dns.check', ...at, changes: whole }),
    ],
    sets: partsIn(each).map(({ percent, changes = [] }) => [
      step(verbAt('set', percent), { kind: 'dns.set', ...at, changes, number }),
    ]),
    back: [
      ...claim({ kind: 'dns.claim', ...at, from: 'any', number: number + 1 }).map((one) => ({
        ...one,
        ...begun,
      })),
      { ...step('restore', { kind: 'dns.restore', ...at, ...back }), ...begun },
      ...close,
    ],
  };
}

const NOT_JUDGED = { answers: [], holds: [], forget: [] } satisfies Partial<Parts>;

/** Users of all names wait together, so that is one step, in the lane of the first authority. */
function withHolds(
  all: readonly AuthorityChanges[],
  parts: readonly Parts[],
  judgement: Judgement,
): readonly Parts[] {
  const holds = percentsOf(all)
    .slice(0, -1)
    .map((percent, index) => {
      const id = verbAt('hold', percent);
      const changes = all.flatMap(({ steps = [] }) => steps[index]?.changes ?? []);
      return [{ id, title: id, action: holdOf(changes, judgement) }];
    });
  return parts.map((part, index) => (index === 0 ? { ...part, holds } : part));
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
