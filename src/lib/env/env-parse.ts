import { noTextReason } from '../no-text.js';

/** One or more lines of an environment file, as systemd reads them. */
export type EnvEntry =
  | { readonly kind: 'value'; readonly line: number; readonly name: string; readonly value: string }
  | { readonly kind: 'comment'; readonly line: number; readonly text: string }
  /** A line that systemd does not understand and ignores. */
  | { readonly kind: 'junk'; readonly line: number; readonly text: string };

const BLANK = ' \t\n\r';
const LINE_END = '\n\r';
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * From this systemd version on, a backslash at the end of a comment means nothing; before, the next line belongs to the
 * comment.
 */
const ENDS_COMMENTS = 254;

/**
 * Reads an environment file as systemd does (systemd.exec(5), EnvironmentFile=; parse_env_file() of its source): quotes,
 * escapes, continued lines, comments. Lines count from 1. If a name occurs twice, the last one counts; both are in the
 * result. `version` is the version of the systemd that reads it; if it is not known, 254 or later is assumed.
 */
export function parseEnvFile(text: string, version = ENDS_COMMENTS): EnvEntry[] {
  return new EnvReader(text, version < ENDS_COMMENTS).entries();
}

/** The same for the raw bytes of a file: comments, and lines that mean nothing, may hold any bytes. */
export function parseEnvBytes(bytes: Buffer, version?: number): EnvEntry[] {
  return bytewise(bytes, version).map((entry) => {
    if (entry.kind === 'value') return { ...entry, value: decoded(entry.value).toString('utf8') };
    return { ...entry, text: decoded(entry.text).toString('utf8') };
  });
}

/** Why systemd rejects the whole file, so that the service does not start; undefined if it accepts the file. */
export function envFileRefusal(bytes: Buffer, version?: number): string | undefined {
  if (bytes.includes(0)) return 'it holds a NUL character';
  for (const entry of bytewise(bytes, version)) {
    // Also if the name is not valid, and the line is ignored later.
    if (entry.kind === 'comment' || (entry.kind === 'junk' && entry.text.indexOf('=', 1) === -1)) continue;
    const [name, value] = entry.kind === 'value' ? [entry.name, entry.value] : [entry.text, ''];
    const why = badBytes(decoded(name)) ?? badBytes(decoded(value));
    if (why !== undefined) return `line ${entry.line} ${why}`;
  }
  return undefined;
}

/** One character for each byte: the reader looks for ASCII only, and in UTF-8 no other character has an ASCII byte. */
function bytewise(bytes: Buffer, version?: number): EnvEntry[] {
  return parseEnvFile(bytes.toString('latin1'), version);
}

function decoded(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function badBytes(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) return 'is not UTF-8';
  const why = noTextReason(text);
  return why === undefined ? undefined : `holds ${why}`;
}

class EnvReader {
  readonly #text: string;
  readonly #continuesComments: boolean;
  #position = 0;
  #line = 1;

  constructor(text: string, continuesComments: boolean) {
    this.#text = text;
    this.#continuesComments = continuesComments;
  }

  entries(): EnvEntry[] {
    const entries: EnvEntry[] = [];
    for (;;) {
      this.#take((character) => BLANK.includes(character));
      if (this.#peek() === '') return entries;
      entries.push(this.#peek() === '#' || this.#peek() === ';' ? this.#comment() : this.#assignment());
    }
  }

  #comment(): EnvEntry {
    const line = this.#line;
    const start = this.#position;
    while (this.#peek() !== '' && !LINE_END.includes(this.#peek()))
      if (this.#next() === '\\' && this.#continuesComments) this.#next();
    return { kind: 'comment', line, text: this.#text.slice(start, this.#position) };
  }

  #assignment(): EnvEntry {
    const line = this.#line;
    const start = this.#position;
    // The first character belongs to the name, even if it is a `=`.
    const key = this.#next() + this.#take((character) => character !== '=' && !LINE_END.includes(character));
    if (this.#peek() !== '=') return { kind: 'junk', line, text: key };
    this.#next();
    const value = this.#value();
    const name = key.trimEnd();
    if (NAME.test(name)) return { kind: 'value', line, name, value };
    return { kind: 'junk', line, text: this.#text.slice(start, this.#position).trimEnd() };
  }

  /** Quoted and unquoted parts, joined; blanks between them and at the ends are left out. */
  #value(): string {
    let value = '';
    for (;;) {
      this.#take((character) => BLANK.includes(character) && !LINE_END.includes(character));
      const character = this.#peek();
      if (character === '' || LINE_END.includes(character)) return value;
      if (character === "'") value += this.#singleQuoted();
      else if (character === '"') value += this.#doubleQuoted();
      else return value + this.#bare();
    }
  }

  #singleQuoted(): string {
    this.#next();
    const value = this.#take((character) => character !== "'");
    this.#next();
    return value;
  }

  /** A backslash stays, except before a quote, a backslash, a backtick, a `$` or a line end. */
  #doubleQuoted(): string {
    let value = '';
    this.#next();
    while (this.#peek() !== '') {
      const character = this.#next();
      if (character === '"') return value;
      if (character !== '\\') value += character;
      else {
        const escaped = this.#next();
        if ('"\\`$'.includes(escaped)) value += escaped;
        else if (escaped !== '\n') value += `\\${escaped}`;
      }
    }
    return value;
  }

  /** Up to the end of the line, including quotes; a backslash keeps a blank, and joins the next line. */
  #bare(): string {
    let value = '';
    let kept = 0;
    while (this.#peek() !== '' && !LINE_END.includes(this.#peek())) {
      const character = this.#next();
      if (character !== '\\') value += character;
      else {
        const escaped = this.#next();
        if (!LINE_END.includes(escaped)) value += escaped;
      }
      if (character === '\\' || !BLANK.includes(character)) kept = value.length;
    }
    return value.slice(0, kept);
  }

  #peek(): string {
    return this.#text[this.#position] ?? '';
  }

  #next(): string {
    const character = this.#peek();
    if (character === '\n') this.#line += 1;
    this.#position += 1;
    return character;
  }

  #take(wanted: (character: string) => boolean): string {
    const start = this.#position;
    while (this.#peek() !== '' && wanted(this.#peek())) this.#next();
    return this.#text.slice(start, this.#position);
  }
}
