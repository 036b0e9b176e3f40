import type { HandlersOf } from '../run/step-handler.js';
import type { RemoveAction } from './actions.js';
import { removeHandler } from './remove.js';

export const scaleHandlers: HandlersOf<RemoveAction> = { 'scale.remove': removeHandler };
