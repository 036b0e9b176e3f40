import { KINDS, OPERATIONS } from '../../lib/actions.js';
import { changedEnv } from '../../lib/env/changed-env.js';
import type { OperationRecord } from '../../lib/ledger/ledger.js';
import { fold } from '../../lib/names/fold.js';
import { traitsOf } from '../../lib/plan/operation-kinds.js';
import { summarize } from '../../lib/record/result.js';
import { quoteWord } from '../../lib/shell/quote.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { say } from '../../lib/ui/frame/output.js';
import { stderrColumns } from '../../lib/ui/frame/screen-width.js';
import { changedHealth } from '../../lib/unit/changed-health.js';
import type { Context } from '../context.js';

/**
 * A resume goes by its plan. If the configuration has another health check or other values of the environment by now, says so, and
 * what goes by those.
 */
export function sayChangedConfig({ id, plan, events }: OperationRecord, { config }: Context): void {
  const health = changedHealth(plan, config.apps);
  const env = changedEnv(plan, config.apps);
  const changes = [
    ...(health === '' ? [] : [`the health check has changed since this plan was made: ${health}.`]),
    ...(env === '' ? [] : [`the environment has changed since this plan was made: ${env}.`]),
  ];
  if (changes.length === 0) return;
  say(`${changes.join(' ')} A resume goes by the plan.`);
  const columns = stderrColumns();
  say(withCommand('to go by the configuration, give it up:', `kuafu ops close ${id}`, columns));
  const left = summarize(plan, events, KINDS).hosts.filter(({ state }) => state !== 'done');
  if (left.length === 0) return;
  const anew = traitsOf(OPERATIONS, plan).anew?.(plan, quoteWord(fold(left.map(({ host }) => host))));
  say(anew === undefined ? 'and make a new plan' : withCommand('and make a new plan:', anew, columns));
}
