import type { HandlersOf } from '../run/step-handler.js';
import type { HostActions } from './actions.js';
import { connectHandler } from './connect.js';
import { scriptHandler } from './script.js';

export const hostHandlers: HandlersOf<HostActions> = {
  'host.connect': connectHandler,
  'host.script': scriptHandler,
};
