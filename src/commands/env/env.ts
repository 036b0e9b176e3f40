import type { Command } from 'commander';
import type { SelectionWords } from '../../lib/inventory/selection.js';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { EnvPushFlags } from './env-push-action.js';

/** `kuafu env show | diff | push | rollback`. */
export function registerEnv(program: Command): void {
  const env = program.command('env').summary("an application's environment on its hosts");
  env.description("Shows, compares, writes and rolls back an application's environment file.");
  addShow(env);
  addDiff(env);
  addPush(env);
  addRollback(env);
}

function addShow(env: Command): void {
  env
    .command('show')
    .summary('the values of each room, and where they come from')
    .description(
      'Shows the values that the configuration has for each room, and whether they are common or ' +
        "the room's own. Secrets are shown by their names: [SHOP_DB_PASSWORD].",
    )
    .option('--app <name>', 'application')
    .option('--idc <room>', 'only this room')
    .option('--room <room>', 'the same as --idc')
    .addHelpText('after', '\nExample:\n  kuafu env show --app shop')
    .action(async (flags: SelectionWords, command: Command) => {
      const { showEnv } = await import('./env-show-action.js');
      await showEnv(flags, command);
    });
}

function addDiff(env: Command): void {
  const diff = env
    .command('diff [nodesets...]')
    .summary('the files on the hosts against the configuration')
    .description(
      'Reads the environment file of each host as systemd does and says in what it differs from what a push ' +
        'would write: + is added, - taken away, ~ changed. Equal differences are shown once. Secrets are ' +
        'compared and never shown, and neither is what may have been one.',
    );
  addSelectionOptions(diff)
    .addHelpText(
      'after',
      `${SELECTION_HELP}

Exit codes: 0 no differences, and no service runs with older values
1 differences, or a service that was started before its file was last changed
4 some hosts could not be read · 5 no host was reached

Examples:
  kuafu env diff --app shop
  kuafu env diff --app shop --idc B web-b-[01-04]`,
    )
    .action(async (nodeSets: readonly string[], flags: SelectionWords, command: Command) => {
      const { diffEnv } = await import('./env-diff-action.js');
      await diffEnv(nodeSets, flags, command);
    });
}

function addPush(env: Command): void {
  const push = env
    .command('push [nodesets...]')
    .summary('write the environment of the configuration on the hosts')
    .description(
      'Writes the environment file of each host that differs, whole or not at all, and keeps what stood there ' +
        'beside it (FILE.kuafu-prev, without access for others). Hosts that are right are left alone. A service reads ' +
        'its environment when it starts: restart it after this, or with it, by --restart.',
    );
  addRestartOptions(addRunOptions(addSelectionOptions(push)))
    .addHelpText(
      'after',
      `${SELECTION_HELP}

With --restart each host that differs, or whose service runs since before the
file was last changed (also by a rollback, or by hand), leaves traffic, gets
the file, ends its requests, stops, starts, passes the health check and joins
again; batches, windows, the floor and strict budgets (0) are those of kuafu
restart. A host is written once it is out, so a service that dies and restarts
by itself has new values only where nobody is sent (without a balancer: right
before its stop).
If a service does not get healthy, it stops at the first host. Repair the cause
and type kuafu ops resume ID; or, if a value is wrong, go back to the old file:
  kuafu env rollback --app shop web-b-01 && kuafu restart --app shop web-b-01
  kuafu ops close ID

Examples:
  kuafu env push --app shop --dry-run    what would change; changes nothing
  kuafu env push --app shop --idc B --batch 1,50%
  kuafu env push --app shop web-b-03 --yes
  kuafu env push --app shop --restart --batch 1,25%`,
    )
    .action(async (nodeSets: readonly string[], flags: EnvPushFlags, command: Command) => {
      const { pushEnv } = await import('./env-push-action.js');
      await pushEnv(nodeSets, flags, command);
    });
}

function addRollback(env: Command): void {
  const rollback = env
    .command('rollback [nodesets...]')
    .summary('put back what stood there before the last push')
    .description(
      'Puts back, on each host, the environment file as it was there before the last push that changed it. The ' +
        'present one is kept in its place: a second rollback brings it back.',
    );
  addRunOptions(addSelectionOptions(rollback))
    .addHelpText(
      'after',
      `${SELECTION_HELP}

Examples:
  kuafu env rollback --app shop --dry-run
  kuafu env rollback --app shop web-b-[01-04]`,
    )
    .action(async (nodeSets: readonly string[], flags: EnvPushFlags, command: Command) => {
      const { rollbackEnv } = await import('./env-push-action.js');
      await rollbackEnv(nodeSets, flags, command);
    });
}

function addRestartOptions(command: Command): Command {
  return command
    .option('--restart', 'restart each host that gets the file, as kuafu restart does')
    .option('--window <n>', 'with --restart: at most so many hosts out at once')
    .option('--keep <n>', 'with --restart: hosts that must serve, a number or % (50%)')
    .option('--drain <time>', 'with --restart: how long requests may take to end (30s)')
    .option('--max-unhealthy <n>', 'with --restart: hosts that may never get healthy (0)');
}

function addRunOptions(command: Command): Command {
  return command
    .option('--batch <sizes>', 'batches, such as 1,5,20%: each is done before the next begins')
    .option('--max-failed <n>', 'budget: hosts that may fail, a number or % (default: 25%, at least 5)')
    .option('--max-unreachable <n>', 'budget: hosts that may be out of reach (likewise)')
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed');
}
