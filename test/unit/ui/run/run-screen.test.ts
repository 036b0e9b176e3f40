import { afterEach, describe, expect, it, vi } from 'vitest';
import { plain } from '../../../../src/lib/ui/frame/colour.js';
import { RunScreen } from '../../../../src/lib/ui/run/run-screen.js';
import { done, failed, SampleEvents, samplePlan } from '../sample-plan.js';

/** Obeys the few sequences the display uses and keeps what a person would see. */
class Terminal {
  columns = 80;
  rows = 10;
  writes = 0;
  readonly #lines: string[] = [''];
  #row = 0;

  write(text: string): boolean {
    this.writes += 1;
    for (const part of text.match(/\x1b\[[?\d]*[A-Za-z]|\n|\r|[^\x1b\n\r]+/g) ?? []) this.#obey(part);
    return true;
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

function start(hosts: number) {
  vi.useFakeTimers();
  const terminal = new Terminal();
  const screen = new RunScreen(samplePlan(hosts), [], plain, terminal as unknown as NodeJS.WriteStream);
  return { terminal, screen, events: new SampleEvents() };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the live display', () => {
  it('redraws in place, at most ten times a second', () => {
    const { terminal, screen, events } = start(3);
    for (let round = 0; round < 1000; round += 1) {
      screen.listener(events.begin('new-b-1', 'connect'));
      vi.advanceTimersByTime(1);
    }
    expect(terminal.writes).toBeLessThanOrEqual(10);
    expect(terminal.visible()).toHaveLength(4);
    screen.done();
  });

  it('keeps its clock going when nothing happens', () => {
    const { terminal, screen } = start(1);
    vi.advanceTimersByTime(10_000);
    expect(terminal.writes).toBeGreaterThanOrEqual(9);
    expect(terminal.writes).toBeLessThanOrEqual(12);
    screen.done();
  });

  it('leaves every failure on the screen, also those that had no room', () => {
    const { terminal, screen, events } = start(30);
    for (let index = 1; index <= 30; index += 1) {
      screen.listener(events.end(`new-b-${index}`, 'connect', failed(`reason ${index}`)));
      vi.advanceTimersByTime(200);
    }
    expect(terminal.visible().length).toBeLessThan(10);
    screen.done();
    const text = terminal.visible();
    expect(text).toHaveLength(1 + 3 + 30);
    expect(text.at(4)).toBe('  new-b-1: connect failed: reason 1');
    expect(text.at(-1)).toBe('  new-b-30: connect failed: reason 30');
  });

  it('steps aside for a line that is printed and comes back under it', () => {
    const { terminal, screen, events } = start(1);
    screen.listener(events.end('new-b-1', 'connect', done));
    vi.advanceTimersByTime(200);
    screen.clear();
    terminal.write('a line of talk\n');
    screen.draw();
    expect(terminal.visible()[0]).toBe('a line of talk');
    expect(terminal.visible()).toHaveLength(5);
    screen.done();
    vi.advanceTimersByTime(5000);
    expect(terminal.visible()).toHaveLength(5);
  });
});
