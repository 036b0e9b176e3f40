import { afterEach, describe, expect, it, vi } from 'vitest';
import { plain } from '../../../../src/lib/ui/frame/colour.js';
import { whileAsking } from '../../../../src/lib/ui/frame/keys.js';
import { say } from '../../../../src/lib/ui/frame/output.js';
import { RunScreen } from '../../../../src/lib/ui/run/run-screen.js';
import { FakeTerminal } from '../fake-terminal.js';
import { done, failed, SampleEvents, samplePlan } from '../sample-plan.js';

function start(hosts: number) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const terminal = new FakeTerminal();
  const screen = new RunScreen(samplePlan(hosts), [], plain, terminal.stream);
  return { terminal, screen, events: new SampleEvents() };
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('the live display', () => {
  it('redraws in place, at most ten times a second', async () => {
    const { terminal, screen, events } = start(3);
    for (let round = 0; round < 1000; round += 1) {
      screen.listener(events.begin('new-b-1', 'connect'));
      vi.advanceTimersByTime(1);
    }
    expect(terminal.writes).toBeGreaterThan(5);
    expect(terminal.writes).toBeLessThanOrEqual(10);
    expect(terminal.visible()).toHaveLength(4);
    await screen.done();
  });

  it('keeps its clock going when nothing happens', async () => {
    const { terminal, screen } = start(1);
    vi.advanceTimersByTime(10_000);
    expect(terminal.writes).toBeGreaterThanOrEqual(9);
    expect(terminal.writes).toBeLessThanOrEqual(12);
    await screen.done();
  });

  it('leaves every failure on the screen, also those that had no room', async () => {
    const { terminal, screen, events } = start(30);
    for (let index = 1; index <= 30; index += 1) {
      screen.listener(
        events.end(`new-b-${index}`, 'connect', failed(`reason ${index} ${'long '.repeat(20)}.`)),
      );
      vi.advanceTimersByTime(200);
    }
    expect(terminal.visible().length).toBeLessThan(10);
    await screen.done();
    const text = terminal.visible();
    expect(text).toHaveLength(1 + 3 + 30);
    expect(text.at(2)).toMatch(/^ {4}new-b-1: failed: reason 1 long .* long \.$/);
    expect(text.at(31)).toContain('    new-b-30: failed: reason 30');
  });

  it('steps aside for a line that is printed and comes back under it', async () => {
    const { terminal, screen, events } = start(1);
    screen.listener(events.end('new-b-1', 'connect', done));
    vi.advanceTimersByTime(200);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => terminal.write(String(text)));
    say('a line of talk');
    expect(terminal.visible()[0]).toBe('a line of talk');
    expect(terminal.visible()).toHaveLength(5);
    await screen.done();
    vi.advanceTimersByTime(5000);
    say('a last word');
    expect(terminal.visible()).toHaveLength(6);
    expect(terminal.visible()[5]).toBe('a last word');
  });

  it('goes away for a question, and comes back after it', async () => {
    const { terminal, screen } = start(1);
    vi.advanceTimersByTime(100);
    await whileAsking(async () => {
      expect(terminal.visible()).toEqual([]);
      vi.advanceTimersByTime(3000);
      expect(terminal.visible()).toEqual([]);
    });
    vi.advanceTimersByTime(1000);
    expect(terminal.visible()).toHaveLength(4);
    await screen.done();
  });

  it('takes the lines of the last frame back that a window which got narrower has broken', async () => {
    const { terminal, screen, events } = start(3);
    for (const host of ['new-b-1', 'new-b-2', 'new-b-3']) screen.listener(events.begin(host, 'connect'));
    vi.advanceTimersByTime(100);
    terminal.resize(30, 20);
    vi.advanceTimersByTime(100);
    expect(terminal.visible()).toEqual([
      'scale shop/web in room B by …',
      expect.stringMatching(/^. connect {2}0\/3 ░{10} {2}3…$/),
      '  copy     0/3 ░░░░░░░░░░',
      '  start    0/3 ░░░░░░░░░░',
    ]);
    await screen.done();
  });
});
