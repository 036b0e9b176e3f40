import type { StepRef } from '../plan/plan.js';
import type { RunEvent } from './events.js';

/** A question of a step; a step has at most one. */
export interface Question {
  readonly at: StepRef;
  readonly question: string;
  readonly words: readonly string[];
  /** Undefined while the question waits. */
  readonly answer: { readonly word: string; readonly by: string } | undefined;
}

/** The key of a question, as a signal names it. */
export function questionKey({ stage, lane, step }: StepRef): string {
  return JSON.stringify([stage, lane, step]);
}

/** The questions of an operation by their keys, in the order in which they were asked. */
export function questionsIn(events: readonly RunEvent[]): ReadonlyMap<string, Question> {
  const questions = new Map<string, Question>();
  for (const event of events) {
    if (event.type === 'asked') {
      const { stage, lane, step, question, words } = event;
      questions.set(questionKey(event), { at: { stage, lane, step }, question, words, answer: undefined });
    } else if (event.type === 'answered') {
      const asked = questions.get(questionKey(event));
      if (asked) questions.set(questionKey(event), { ...asked, answer: { word: event.word, by: event.by } });
    }
  }
  return questions;
}

/** The question that waits for an answer; undefined when there is none. */
export function openQuestion(events: readonly RunEvent[]): Question | undefined {
  return [...questionsIn(events).values()].findLast(({ answer }) => answer === undefined);
}
