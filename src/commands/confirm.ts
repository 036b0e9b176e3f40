import { KuafuError, RefusedError } from '../lib/errors.js';
import { ExitCode } from '../lib/exit-codes.js';
import type { Challenge } from '../lib/ssh/login.js';
import { breakSentences } from '../lib/ui/frame/break-sentences.js';
import { challengeIntroduction, challengeQuestion } from '../lib/ui/frame/challenge-text.js';
import { whileAsking } from '../lib/ui/frame/keys.js';
import { say } from '../lib/ui/frame/output.js';
import { stderrColumns } from '../lib/ui/frame/screen-width.js';
import { dropTyped } from '../lib/ui/frame/typed-ahead.js';

let forbidden = false;

/** `--no-input`: from here on every question is refused. */
export function forbidQuestions(): void {
  forbidden = true;
}

/** Whether there is a person to answer. */
export function canAsk(): boolean {
  return !forbidden && process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Yes or no; Enter alone means no.
 *
 * @throws RefusedError when there is no person to answer; KuafuError with exit code 130 on Ctrl-C
 */
export async function askConfirm(message: string): Promise<boolean> {
  requireAnswerer(message, 'Say yes beforehand with --yes.');
  return answer<boolean>({ type: 'confirm', message, default: false });
}

export interface Choice {
  readonly name: string;
  readonly value: string;
  /** Why the choice is not possible; it is shown all the same. */
  readonly disabled?: string | undefined;
}

/** One of the choices, by its value. Errors as those of askConfirm. */
export async function askChoice(
  message: string,
  choices: readonly (string | Choice)[],
  preselected?: string,
): Promise<string> {
  requireAnswerer(message, 'Give it as a flag; --help lists them.');
  const list = choices.map((choice) =>
    typeof choice === 'string' ? { name: choice, value: choice } : choice,
  );
  return answer<string>({ type: 'select', message, choices: list, default: preselected });
}

export interface TextQuestion {
  /** True if the answer is valid, otherwise a sentence that says why not. */
  readonly validate?: (answer: string) => true | string;
  readonly default?: string;
}

/** A line of text, trimmed. Errors as those of askConfirm. */
export async function askText(message: string, question: TextQuestion = {}): Promise<string> {
  requireAnswerer(message, 'Give it as a flag; --help lists them.');
  const { validate } = question;
  const text = await answer<string>({
    type: 'input',
    message,
    default: question.default,
    validate: (typed: string) => validate?.(typed.trim()) ?? true,
  });
  return text.trim();
}

/** The passphrase of a private key, not echoed; undefined when there is no person to answer. Ctrl-C as in askConfirm. */
export async function askPassphrase(file: string): Promise<string | undefined> {
  if (!canAsk()) return undefined;
  return answer<string>({ type: 'password', message: `Passphrase of ${file}`, mask: false }, 'interrupted');
}

/**
 * The answers that a host wants typed before it lets us in, such as a code of a second factor. The host's text is shown
 * after its name, made harmless and short. Ctrl-C as in askConfirm.
 */
export async function answerChallenge(challenge: Challenge): Promise<string[]> {
  const answers: string[] = [];
  for (const line of challengeIntroduction(challenge)) say(line);
  for (const { text, isShown } of challenge.prompts) {
    const message = challengeQuestion(challenge.host, text);
    const question: Question = isShown
      ? { type: 'input', message }
      : { type: 'password', message, mask: false };
    answers.push(await answer<string>(question, 'interrupted'));
  }
  return answers;
}

/**
 * The answer of the person at this terminal to a question of a running operation: one of the words. Undefined if there is no
 * person, the person left with Escape, or `over` was aborted because another operator has answered. Ctrl-C interrupts the
 * operation.
 */
export async function askWord(
  message: string,
  words: readonly string[],
  over: AbortSignal,
): Promise<string | undefined> {
  if (!canAsk()) return undefined;
  const outcome = await prompt<string>({ type: 'select', message, choices: [...words] }, over);
  if ('answer' in outcome) return outcome.answer;
  if (outcome.leftBy === 'ctrl-c') process.kill(process.pid, 'SIGINT');
  return undefined;
}

function requireAnswerer(message: string, hint: string): void {
  if (!canAsk()) throw new RefusedError(`nobody is there to answer: ${message}`, hint);
}

/**
 * @param interrupted the message for Ctrl-C and Escape; all questions except that for a passphrase come before any change
 * @throws KuafuError with exit code 130 when the question was left
 */
async function answer<T>(
  question: Question,
  interrupted = 'interrupted at a question; nothing was changed',
): Promise<T> {
  const outcome = await prompt<T>(question);
  if ('leftBy' in outcome) throw new KuafuError(interrupted, ExitCode.interrupted);
  return outcome.answer;
}

interface Question {
  readonly message: string;
  readonly [setting: string]: unknown;
}

/** Columns of `? ` before a question, and of ` (y/N) n` after it: the library breaks what does not fit in the middle of words. */
const AROUND = 10;

/** How a question ended: with an answer, by a key, or because `over` was aborted. */
type PromptOutcome<T> = { readonly answer: T } | { readonly leftBy: 'ctrl-c' | 'escape' | 'over' };

/** What was typed before is no answer: the operator has not seen the question yet. */
async function prompt<T>(question: Question, over?: AbortSignal): Promise<PromptOutcome<T>> {
  const { default: inquirer } = await import('inquirer');
  return await whileAsking(async () => {
    if (!(await dropTyped())) return { leftBy: 'ctrl-c' };
    // Escape leaves a question, as in other programs; the library itself ignores it.
    const left = new AbortController();
    const onKey = (_text: unknown, key?: { readonly name?: string }) => {
      if (key?.name === 'escape') left.abort();
    };
    process.stdin.on('keypress', onKey);
    const signal = over ? AbortSignal.any([left.signal, over]) : left.signal;
    // Questions go to stderr; stdout is for data.
    const message = breakSentences(question.message, stderrColumns() - AROUND);
    const ask = inquirer.createPromptModule({ output: process.stderr, signal });
    try {
      const answers = await ask<Record<string, T>>([{ ...question, message, name: 'answer' }] as never);
      return { answer: answers.answer as T };
    } catch (error) {
      // Inquirer does not export the classes; their names are part of its documented interface.
      const name = error instanceof Error ? error.name : '';
      if (name === 'ExitPromptError') return { leftBy: 'ctrl-c' };
      if (name === 'AbortPromptError') return { leftBy: left.signal.aborted ? 'escape' : 'over' };
      throw error;
    } finally {
      process.stdin.off('keypress', onKey);
    }
  });
}
