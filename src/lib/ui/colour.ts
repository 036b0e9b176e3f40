import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from 'chalk';

export type { ChalkInstance };

let forbidden = false;

/** `--no-color`: from here on every painter is plain. */
export function forbidColour(): void {
  forbidden = true;
}

/** A painter for one stream; plain where colour is not wanted, so callers never ask. */
export function painter(stream: 'stdout' | 'stderr'): ChalkInstance {
  const detected = stream === 'stdout' ? supportsColor : supportsColorStderr;
  const isTerminal = process[stream].isTTY === true;
  return new Chalk({ level: colourLevel(process.env, forbidden, isTerminal, detected ? detected.level : 0) });
}

/** A painter that changes nothing. */
export const plain: ChalkInstance = new Chalk({ level: 0 });

export type ColourLevel = 0 | 1 | 2 | 3;

/**
 * `--no-color` wins; then FORCE_COLOR (0 to 3, true, false, as Node.js reads it); then NO_COLOR (any value that is
 * not empty, no-color.org); then whether it is a terminal, and what that terminal can do.
 */
export function colourLevel(
  env: Readonly<Record<string, string | undefined>>,
  forbiddenByFlag: boolean,
  isTerminal: boolean,
  detected: ColourLevel,
): ColourLevel {
  if (forbiddenByFlag) return 0;
  const forced = forcedLevel(env.FORCE_COLOR);
  if (forced !== undefined) return forced;
  if ((env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb' || !isTerminal) return 0;
  return detected;
}

function forcedLevel(value: string | undefined): ColourLevel | undefined {
  switch (value) {
    case undefined:
      return undefined;
    case '0':
    case 'false':
      return 0;
    case '2':
      return 2;
    case '3':
      return 3;
    default:
      return 1;
  }
}
