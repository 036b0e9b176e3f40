import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../src/lib/json-text.js';

/** What a terminal or a reader obeys. */
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/;
const everyUnit = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join('x');

describe('a document as JSON', () => {
  it('holds no character that anybody obeys, and means the same', () => {
    const document = { [everyUnit]: ['a\u009b2Jb', '\u007f', '\u202egpj.exe', everyUnit], hi: 'grüße 漢字' };
    const text = jsonText(document);
    expect(text).not.toMatch(OBEYED);
    expect(JSON.parse(text)).toEqual(document);
    expect(text).toContain('"a\\u009b2Jb","\\u007f","\\u202egpj.exe"');
    expect(text).toContain('"hi":"grüße 漢字"');
  });

  it('can be indented', () => {
    expect(jsonText({ a: ['\u2028'] }, 2)).toBe('{\n  "a": [\n    "\\u2028"\n  ]\n}');
  });
});

it('is how every command puts out its documents', () => {
  const sources = fileURLToPath(new URL('../../src/', import.meta.url));
  const files = ['commands', 'lib/ui', 'lib/logs'].flatMap((folder) =>
    readdirSync(join(sources, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(sources, folder, name)),
  );
  expect(files.length).toBeGreaterThan(50);
  const raw = files.filter((file) =>
    /\b(?:out|pour|write|writeFile)\((?:[^;`]|\n)*?JSON\.stringify|JSON\.stringify\(\w*(?:[dD]ocument[(,)]|[lL]ine[,)])/.test(
      readFileSync(file, 'utf8'),
    ),
  );
  expect(raw).toEqual([]);
});
