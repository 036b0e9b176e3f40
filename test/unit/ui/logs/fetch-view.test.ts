import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FetchView } from '../../../../src/lib/ui/logs/fetch-view.js';

let said = '';

beforeEach(() => {
  said = '';
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('is one line on a terminal, which is redrawn and goes away', () => {
  const view = new FetchView(true);
  view.progress(225, 3100);
  vi.advanceTimersByTime(100);
  view.ended('web-b-01');
  vi.advanceTimersByTime(100);
  view.done();
  expect(said).toBe(
    '\r225 B of 3.1 kB fetched, 0 hosts done\x1b[K\r225 B of 3.1 kB fetched, 1 host done\x1b[K\r\x1b[K',
  );
});

it('names without one who was read to the end, those of the same moment together, and is else silent', () => {
  const view = new FetchView(false);
  view.progress(225, 3100);
  vi.advanceTimersByTime(10_000);
  expect(said).toBe('');
  view.ended('web-b-01');
  view.ended('web-b-02');
  vi.advanceTimersByTime(10_000);
  view.done();
  expect(said).toBe('web-b-[01-02]: done; 225 B of 3.1 kB fetched so far\n');
});
