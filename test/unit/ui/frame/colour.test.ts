import { describe, expect, it } from 'vitest';
import { type ColourLevel, colourLevel } from '../../../../src/lib/ui/frame/colour.js';

type Case = [
  env: Record<string, string>,
  flag: boolean,
  terminal: boolean,
  detected: ColourLevel,
  level: ColourLevel,
];

describe('colourLevel', () => {
  it.each<Case>([
    [{}, false, true, 2, 2],
    [{}, false, false, 2, 0],
    [{}, true, true, 2, 0],
    [{ NO_COLOR: '1' }, false, true, 2, 0],
    [{ NO_COLOR: '' }, false, true, 2, 2],
    [{ TERM: 'dumb' }, false, true, 2, 0],
    [{ FORCE_COLOR: '1' }, false, false, 0, 1],
    [{ FORCE_COLOR: '' }, false, false, 0, 1],
    [{ FORCE_COLOR: 'true' }, false, false, 0, 1],
    [{ FORCE_COLOR: '3', NO_COLOR: '1' }, false, false, 0, 3],
    [{ FORCE_COLOR: '0' }, false, true, 3, 0],
    [{ FORCE_COLOR: '3' }, true, true, 3, 0],
  ])('%j, --no-color %s, terminal %s, able to do %d: %d', (env, flag, terminal, detected, level) => {
    expect(colourLevel(env, flag, terminal, detected)).toBe(level);
  });
});
