import { describe, expect, it } from 'vitest';
import { sanitizeLine, sanitizeText } from '../../../../src/lib/ui/frame/sanitize.js';

describe('sanitizeLine', () => {
  it.each([
    ['plain text', 'plain text'],
    ['磁盘已满 🚀', '磁盘已满 🚀'],
    ['\x1b[2J\x1b[31mred\x1b[0m', 'red'],
    ['\x1b]0;new title\x07after', 'after'],
    ['\x1b]8;;http://evil/\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\u009b31mred', 'red'],
    ['\x1b[38;2;1;2;3mcolour\x1b[39;49m and \x1b(Bcharset\x1bc', 'colour and charset'],
    ['\x1bP1;2|device\x1b\\control \x1b_app\x1b\\', 'control'],
    ['\x1b]0;never ended', '0;never ended'],
    ['half \x1b', 'half \\x1b'],
    ['bell\x07 back\x08space \x7f', 'bell\\x07 back\\x08space \\x7f'],
    ['two\r\nlines\n', 'two lines'],
    ['a\tb', 'a b'],
    ['over\rwritten', 'over written'],
    ['txt.\u202egpj', 'txt.\\u202egpj'],
    ['\u0085next \ud800 alone', '\\x85next \\ud800 alone'],
  ])('%j becomes %j', (text, expected) => {
    expect(sanitizeLine(text)).toBe(expected);
  });

  it('leaves nothing a terminal obeys, whatever the bytes', () => {
    const everything = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
    const doubled = `${everything}\x1b[${everything}\x1b]${everything}`;
    expect(sanitizeLine(doubled)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  });
});

describe('sanitizeText', () => {
  it('keeps line ends and nothing else', () => {
    expect(sanitizeText('one\r\ntwo\tthree\n\x1b[1mfour\x00')).toBe('one\ntwo  three\nfour\\x00');
  });
});
