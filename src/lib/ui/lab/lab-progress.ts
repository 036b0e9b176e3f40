import type { Stage } from '../../lab/stage.js';
import { formatDuration } from '../frame/duration.js';
import { say } from '../frame/output.js';
import { sanitizeLine } from '../frame/sanitize.js';

/** Stages as a live list on a terminal, else one line each when it ends. */
export async function showStages(stages: readonly Stage[]): Promise<void> {
  if (stages.length === 0) return;
  if (process.stderr.isTTY === true) await showLive(stages);
  else for (const stage of stages) await showLine(stage);
}

async function showLive(stages: readonly Stage[]): Promise<void> {
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
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
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  // Its own handler of SIGINT would end the process before anything is cleaned up.
  await new Listr(tasks, { registerSignalListeners: false, rendererOptions: { logger } }).run();
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
