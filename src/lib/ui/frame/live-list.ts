import { Listr, type ListrTask, type ListrTaskObject } from 'listr2';
import { type LiveOptions, LiveRenderer } from './live-renderer.js';

type Factory = typeof LiveRenderer;
export type LiveList = Listr<unknown, Factory, Factory>;
export type LiveListTask = ListrTask<unknown, Factory, Factory>;
export type LiveListItem = ListrTaskObject<unknown, Factory, Factory>;

/**
 * A list of listr2 that is drawn as everything live is. Its own handler of SIGINT stays off: that ends the process, with
 * exit code 127, before anything is cleaned up.
 *
 * @param order whether the tasks run side by side, or one after the other until the first that fails
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

/** Tasks that run side by side below another, which has to return this list. They are shown before that has begun, too. */
export function listBelow(parent: LiveListItem, tasks: LiveListTask[]): LiveList {
  const list: LiveList = new Listr<unknown, Factory, Factory>(tasks, { concurrent: true }, parent);
  parent.subtasks = list.tasks;
  return list;
}
