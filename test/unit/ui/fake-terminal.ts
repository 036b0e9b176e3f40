/** Obeys the few sequences a live display uses and keeps what a person would see. */
export class FakeTerminal {
  columns = 80;
  rows = 10;
  writes = 0;
  #lines: string[] = [''];
  #row = 0;

  /** As which a display takes it. */
  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  write(text: string): boolean {
    this.writes += 1;
    for (const part of text.match(/\x1b\[[?\d]*[A-Za-z]|\n|\r|[^\x1b\n\r]+/g) ?? []) this.#obey(part);
    return true;
  }

  /** Breaks lines that are too long, as most terminals do when they get narrower. */
  resize(columns: number, rows: number): void {
    const cursor = this.#lines.slice(0, this.#row);
    const broken = (lines: readonly string[]) =>
      lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
    const rest = broken(this.#lines.slice(this.#row));
    this.#lines = [...broken(cursor), ...rest];
    this.#row = this.#lines.length - rest.length;
    this.columns = columns;
    this.rows = rows;
  }

  visible(): string[] {
    return this.#lines.map((line) => line.trimEnd()).filter((line) => line !== '');
  }

  #obey(part: string): void {
    const up = /^\x1b\[(\d+)A$/.exec(part);
    if (up) {
      const rows = Number(up[1]);
      if (rows >= this.rows) throw new Error(`moved up ${rows} rows on a screen of ${this.rows}`);
      this.#row -= rows;
    } else if (part === '\n') {
      this.#row += 1;
      this.#lines[this.#row] ??= '';
    } else if (part === '\x1b[J') {
      this.#lines.splice(this.#row, Number.POSITIVE_INFINITY, '');
    } else if (!part.startsWith('\x1b') && part !== '\r') {
      this.#lines[this.#row] = part;
    }
  }
}
