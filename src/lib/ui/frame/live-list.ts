import { Listr, type ListrTask, type ListrTaskObject } from 'listr2';
import { type LiveOptions, LiveRenderer } from './live-renderer.js';

type Factory = typeof LiveRenderer;
export type LiveList = Listr<unknown, Factory, Factory>;
export type LiveListTask = ListrTask<unknown, Factory, Factory>;
export type LiveListItem = ListrTaskObject<unknown, Factory, Factory>;

/**
 * A list of listr2, drawn with our live display. listr2's own handler of SIGINT stays off: it ends the process with exit
 * code 127 before any cleanup.
 *
 * @param order whether the tasks run side by side, or one after another until the first that fails
 */
export function liveList(
  tasks: LiveListTask | LiveListTask[],
  order: 'beside' | 'in turn',
  options: LiveOptions,
): LiveList {
  return new Listr<unknown, Factory, Factory>(tasks, {
    concurrent: order === 'beside',
    registerSignalListeners: false,
    renderer: LiveRenderer,
    rendererOptions: options,
  });
}

/**
 * Tasks that run side by side below a parent task, which has to return this list. They are shown even before the parent has
 * begun.
 */
export function listBelow(parent: LiveListItem, tasks: LiveListTask[]): LiveList {
  const list: LiveList = new Listr<unknown, Factory, Factory>(tasks, { concurrent: true }, parent);
  parent.subtasks = list.tasks;
  return list;
}
