import { quoteWord } from '../../shell/quote.js';

/** The words after `kuafu` that name the configuration; empty if kuafu found it by itself. */
let configWords = '';

/** From here on suggested command lines name this configuration too, as without it they would be about another one. */
export function suggestWithConfig(file: string | undefined): void {
  configWords = file === undefined ? '' : ` -c ${quoteWord(file)}`;
}

/** Why a command is suggested, and the command. */
export type Advice = readonly [what: string, command: string];

/** A suggested command line that runs as it stands: with the configuration that was named, where it reads one. */
export function suggested(command: string): string {
  return command.replace(
    /^kuafu(?= )(?! (?:-c|config docs|lab) )/,
    `kuafu${configWords.replaceAll('$', '$$$$')}`,
  );
}

/** The same for command lines inside of sentences, such as a hint. Only the commands that read a configuration are told by it. */
export function suggestedIn(text: string): string {
  // The name of the configuration stays as it is, whatever words are in it.
  const parts = configWords === '' ? [text] : text.split(configWords);
  return parts.map((part) => part.replaceAll(COMMAND, (command) => suggested(command))).join(configWords);
}

const COMMAND =
  /(?<![\w./-])kuafu (?=(?:scale|restart|start|exec|logs|traffic|dns|db|switch|env|rooms|agents|report|ops|resource|config (?:hosts|export|check))\b(?! --help))/g;
