import { fault } from '../fault.js';
import type { HaproxyBackend } from './runtime-socket.js';

/** All backends of a balancer together have fewer; each row costs time, several times a second in a drain. */
const MOST_ROWS = 20_000;
/** The version, the names of the columns, and the empty line at the end. */
const OTHER_LINES = 4;

/**
 * The lines of a table that HAProxy answers.
 * @throws StepFailure of the balancer if there are more than it can have servers
 */
export function rowsOf(answer: string, backend: HaproxyBackend): string[] {
  const lines = answer.split('\n', MOST_ROWS + OTHER_LINES + 1);
  if (lines.length <= MOST_ROWS + OTHER_LINES) return lines;
  throw fault(backend, 'answers more than 20,000 rows, which is not understood as a list of servers');
}
