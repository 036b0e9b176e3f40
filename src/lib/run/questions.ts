import type { RunEvent, StepAddress } from '../record/events.js';
import { type Question, questionKey, questionsIn } from '../record/questions.js';
import type { Journal } from './journal.js';
import { type Ask, StepFailure } from './step-handler.js';

/** Asks the person at the terminal; undefined when no person answers there. */
export type AskHere = (ask: Ask, signal: AbortSignal) => Promise<string | undefined>;

interface Asker {
  readonly past: readonly RunEvent[];
  readonly operator: string;
  readonly askHere?: AskHere | undefined;
}

interface Waiting {
  readonly resolve: (word: string) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The questions that steps ask. Each question is asked once and answered once, even when another process resumes the operation.
 */
export class Questions {
  readonly #journal: Journal;
  readonly #operator: string;
  readonly #askHere: AskHere | undefined;
  readonly #asked: Map<string, Question>;
  readonly #waiting = new Map<string, Waiting>();

  constructor(journal: Journal, { past, operator, askHere }: Asker) {
    this.#journal = journal;
    this.#operator = operator;
    this.#askHere = askHere;
    this.#asked = new Map(questionsIn(past));
  }

  /**
   * The answer, as soon as there is one.
   * @param ends aborted: the step no longer waits
   * @throws StepFailure when it was told to stop first; the question stays open for a resume
   */
  async ask(address: StepAddress, ask: Ask, ends: AbortSignal): Promise<string> {
    const key = questionKey(address);
    const asked = this.#asked.get(key);
    if (asked?.answer) return asked.answer.word;
    if (ends.aborted) throw unanswered();
    if (asked === undefined) {
      const { stage, lane, step } = address;
      this.#asked.set(key, { at: { stage, lane, step }, ...ask, answer: undefined });
      await this.#journal.record({ type: 'asked', ...ask, ...address });
    }
    return await this.#wait(key, ask, ends);
  }

  /** Whether the step has asked a question that is not answered. */
  isOpen(address: StepAddress): boolean {
    const asked = this.#asked.get(questionKey(address));
    return asked !== undefined && asked.answer === undefined;
  }

  /** The first word that the question accepts is its answer, even when its step does not wait yet. */
  async answer(key: string, word: string, by: string): Promise<void> {
    const asked = this.#asked.get(key);
    if (asked === undefined || asked.answer !== undefined || !asked.words.includes(word)) return;
    this.#asked.set(key, { ...asked, answer: { word, by } });
    const waiting = this.#waiting.get(key);
    try {
      await this.#journal.record({ type: 'answered', word, by, ...asked.at, undo: false });
      waiting?.resolve(word);
    } catch (error) {
      waiting?.reject(error);
      throw error;
    }
  }

  async #wait(key: string, ask: Ask, ends: AbortSignal): Promise<string> {
    const over = new AbortController();
    const either = AbortSignal.any([ends, over.signal]);
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#waiting.set(key, { resolve, reject });
        ends.addEventListener('abort', () => reject(unanswered()), { once: true, signal: over.signal });
        void this.#hearHere(key, ask, either).catch(reject);
      });
    } finally {
      this.#waiting.delete(key);
      over.abort();
    }
  }

  async #hearHere(key: string, ask: Ask, over: AbortSignal): Promise<void> {
    const word = await this.#askHere?.(ask, over);
    if (word !== undefined) await this.answer(key, word, this.#operator);
  }
}

function unanswered(): StepFailure {
  return new StepFailure('failed', 'nobody answered before it was told to stop');
}
