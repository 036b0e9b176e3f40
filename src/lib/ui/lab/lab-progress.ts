import { formatDuration } from '../../duration.js';
import type { Stage } from '../../lab/stage.js';
import { painter } from '../frame/colour.js';
import { say } from '../frame/output.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { canRedraw } from '../frame/screen-width.js';

/** The mark of a running stage turns, to show that it works. */
const FRAME_MS = 100;

/** Stages as a live list on a terminal, otherwise one line for each when it ends. */
export async function showStages(stages: readonly Stage[]): Promise<void> {
  if (stages.length === 0) return;
  if (canRedraw()) await showLive(stages);
  else for (const stage of stages) await showLine(stage);
}

async function showLive(stages: readonly Stage[]): Promise<void> {
  const { liveList } = await import('../frame/live-list.js');
  const tasks = stages.map((stage) => ({
    title: stage.title,
    task: async (_context: unknown, task: { title: string }) => {
      const began = performance.now();
      await stage.run((text) => {
        task.title = `${stage.title}: ${sanitizeLine(text)}`;
      });
      task.title = `${task.title} (${formatDuration(performance.now() - began)})`;
    },
  }));
  await liveList(tasks, 'in turn', { paint: painter('stderr'), idleMs: FRAME_MS, atEnd: 'stays' }).run();
}

async function showLine(stage: Stage): Promise<void> {
  const began = performance.now();
  let last = '';
  const longRunning = setTimeout(() => say(`${stage.title}: ${sanitizeLine(last) || 'working'} …`), 3000);
  try {
    await stage.run((text) => {
      last = text;
    });
  } finally {
    clearTimeout(longRunning);
  }
  const how = last === '' ? 'done' : sanitizeLine(last);
  say(`${stage.title}: ${how} (${formatDuration(performance.now() - began)})`);
}
