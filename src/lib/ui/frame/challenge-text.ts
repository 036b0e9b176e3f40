import { sanitizeLine } from './sanitize.js';

/** A person cannot read more before a code expires, and a host could fill the screen. */
const LONGEST = 200;

/** What a host says before it lets us in, in its own words. */
export interface SaidByHost {
  readonly host: string;
  readonly title: string;
  readonly instructions: string;
}

/**
 * What a host says before it asks. All its words come after its name, so that they cannot be taken for a question of kuafu.
 */
export function challengeIntroduction({ host, title, instructions }: SaidByHost): readonly string[] {
  return [title, instructions].flatMap((text) =>
    text.trim() === '' ? [] : [`${host} says: ${shortened(text)}`],
  );
}

/** One of the host's questions. */
export function challengeQuestion(host: string, question: string): string {
  return `${host} asks: ${shortened(question)}`;
}

function shortened(text: string): string {
  const line = sanitizeLine(text.trim());
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
