import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FetchView } from '../../../../src/lib/ui/logs/fetch-view.js';
import { FakeTerminal } from '../fake-terminal.js';

let said = '';
let terminal = new FakeTerminal();

beforeEach(() => {
  said = '';
  terminal = new FakeTerminal();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return terminal.write(String(text));
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('is one line on a terminal, which is redrawn and goes away', async () => {
  const view = new FetchView(true);
  await vi.waitUntil(() => {
    vi.advanceTimersByTime(100);
    view.progress(225, 3100);
    return said !== '';
  }, 20_000);
  expect(terminal.visible()).toEqual(['225 B of 3.1 kB fetched, 0 hosts done']);
  view.ended('web-b-01');
  vi.advanceTimersByTime(100);
  expect(terminal.visible()).toEqual(['225 B of 3.1 kB fetched, 1 host done']);
  await view.done();
  expect(terminal.visible()).toEqual([]);
});

it('names without one who was read to the end, those of the same moment together, and is else silent', async () => {
  const view = new FetchView(false);
  view.progress(225, 3100);
  vi.advanceTimersByTime(10_000);
  expect(said).toBe('');
  view.ended('web-b-01');
  view.ended('web-b-02');
  vi.advanceTimersByTime(10_000);
  await view.done();
  expect(said).toBe('web-b-[01-02]: done; 225 B of 3.1 kB fetched so far\n');
});
