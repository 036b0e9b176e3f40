import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from 'chalk';

export type { ChalkInstance };

let forbidden = false;

/** `--no-color`: from here on every painter is plain. */
export function forbidColour(): void {
  forbidden = true;
}

/** A painter for one stream; plain if colour is not wanted, so callers need not check. */
export function painter(stream: 'stdout' | 'stderr'): ChalkInstance {
  const detected = stream === 'stdout' ? supportsColor : supportsColorStderr;
  const isTerminal = process[stream].isTTY === true;
  return new Chalk({ level: colourLevel(process.env, forbidden, isTerminal, detected ? detected.level : 0) });
}

// Colours that can be read on black and on white.
const HOST_COLOURS = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'red'] as const;
const HOST_TINTS = [33, 37, 65, 68, 71, 97, 99, 108, 130, 133, 137, 140, 143, 161, 166, 167, 168, 172];

/** A host's own colour: the same in every run, on every machine, whatever other hosts there are. */
export function hostPainter(paint: ChalkInstance, host: string): (text: string) => string {
  let hash = 0x811c9dc5; // FNV-1a
  for (let index = 0; index < host.length; index++)
    hash = Math.imul(hash ^ host.charCodeAt(index), 0x01000193) >>> 0;
  if (paint.level >= 2) return paint.ansi256(HOST_TINTS[hash % HOST_TINTS.length] ?? 33);
  return paint[HOST_COLOURS[hash % HOST_COLOURS.length] ?? 'cyan'];
}

/** A painter that changes nothing. */
export const plain: ChalkInstance = new Chalk({ level: 0 });

export type ColourLevel = 0 | 1 | 2 | 3;

/**
 * `--no-color` wins; then FORCE_COLOR (0 to 3, true, false, as Node.js reads it); then NO_COLOR (any value that is not
 * empty, no-color.org); then whether the stream is a terminal, and what that terminal can do.
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
