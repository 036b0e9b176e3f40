import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FanOutView } from '../../../../src/lib/ui/exec/fanout-view.js';
import { whileAsking } from '../../../../src/lib/ui/frame/keys.js';
import { outcome, unreachable } from '../../fanout/sample-outcomes.js';
import { FakeTerminal } from '../fake-terminal.js';

let written = '';
let terminal = new FakeTerminal();
beforeEach(() => {
  written = '';
  terminal = new FakeTerminal();
  vi.useFakeTimers();
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += text;
    return terminal.write(String(text));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Until what draws is loaded and has drawn. */
async function framesOf(view: FanOutView): Promise<void> {
  await vi.waitUntil(async () => {
    await vi.advanceTimersByTimeAsync(100);
    return terminal.writes > 0;
  }, 20_000);
  expect(view.elapsedMs).toBeGreaterThanOrEqual(100);
}

function started(total: number, isLive: boolean): FanOutView {
  const view = new FanOutView(total, isLive);
  for (const host of ['web-1', 'web-2', 'web-3']) view.listener({ type: 'connecting', host });
  view.listener({ type: 'running', host: 'web-2' });
  return view;
}

it('without a terminal speaks only when it has been silent for long', async () => {
  const view = started(5, false);
  vi.advanceTimersByTime(29_000);
  expect(written).toBe('');
  vi.advanceTimersByTime(1500);
  expect(written).toMatch(
    /^5 pending\n {2}connecting for up to 30\.\ds: web-\[1,3\]\n {2}running for 30\.\ds: web-2\n/,
  );
  expect(written).toContain('not begun: 2 hosts\n');
  await view.done();
});

it('counts how hosts ended', async () => {
  const view = started(3, false);
  view.listener({ type: 'ended', outcome: outcome('web-1') });
  view.listener({ type: 'ended', outcome: outcome('web-2', '', { exitCode: 1 }) });
  view.listener({ type: 'ended', outcome: unreachable('web-3', 'no route') });
  expect(view.scores).toEqual({ done: 1, failed: 1, unreachable: 1, pending: 0 });
  view.sayPending();
  expect(written).toBe('nobody is pending\n');
  await view.done();
});

it('on a terminal has one line, never wider than it, which goes at the end', async () => {
  const view = started(2000, true);
  view.listener({ type: 'ended', outcome: outcome('web-1', '', { exitCode: 1 }) });
  for (let index = 0; index < 99; index += 1) view.listener({ type: 'connecting', host: `x${index * 2}y` });
  await framesOf(view);
  const [line = ''] = terminal.visible();
  expect(terminal.visible()).toHaveLength(1);
  expect(line).toMatch(/^0\/2000 done, 1 failed, 1999 pending, \d+\.\ds {2}.*…$/);
  expect(line).toHaveLength(79);
  await view.done();
  expect(terminal.visible()).toEqual([]);
});

it('draws nothing over a question', async () => {
  const view = started(3, true);
  await framesOf(view);
  await whileAsking(async () => {
    vi.advanceTimersByTime(1000);
    expect(terminal.visible()).toEqual([]);
  });
  vi.advanceTimersByTime(100);
  expect(terminal.visible()).toHaveLength(1);
  await view.done();
});

it('that is over at once draws nothing', async () => {
  const view = started(3, true);
  vi.advanceTimersByTime(90);
  await view.done();
  vi.advanceTimersByTime(1000);
  expect(terminal.writes).toBe(0);
});
