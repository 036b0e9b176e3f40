import type { HandlersOf } from '../run/step-handler.js';
import type { CopyActions } from './actions.js';
import type { CopyMethod } from './method.js';
import { unmovedHandler } from './unmoved.js';

export function copyHandlers(copy: CopyMethod): HandlersOf<CopyActions> {
  return {
    'copy.tree': { apply: (action, context) => copy.deliver(action, context) },
    'copy.check': unmovedHandler,
  };
}
