import { describe, expect, it } from 'vitest';
import { hostScript } from '../../src/host-script.js';

describe('hostScript', () => {
  it('gives one text, with the parts of a script in their places', () => {
    const text = hostScript('logs/grep');
    expect(text).toContain('open_log() {');
    expect(text).not.toMatch(/^\. /m);
    expect(hostScript('logs/grep')).toBe(text);
  });

  it('names the file of a script that there is not', () => {
    expect(() => hostScript('logs/none')).toThrow(/templates\/logs\/none\.sh/);
  });
});
