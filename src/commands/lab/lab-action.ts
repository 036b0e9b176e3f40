import type { Command } from 'commander';
import { KuafuError, UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { down, findLabs } from '../../lib/lab/down.js';
import { parseLabName } from '../../lib/lab/lab-name.js';
import { requireRoot } from '../../lib/lab/machine.js';
import { parseRoles } from '../../lib/lab/roles/role-names.js';
import { runInLab } from '../../lib/lab/run.js';
import { parseHosts, parseSpare } from '../../lib/lab/sizes.js';
import { readStatus } from '../../lib/lab/status.js';
import { up } from '../../lib/lab/up.js';
import { didYouMean } from '../../lib/names/suggest.js';
import { out, say, sayWhole } from '../../lib/ui/frame/output.js';
import { stderrColumns } from '../../lib/ui/frame/screen-width.js';
import { showStages } from '../../lib/ui/lab/lab-progress.js';
import { labStatusDocument, renderLabStatus, renderNextSteps } from '../../lib/ui/lab/lab-view.js';
import { globalOptions } from '../global-options.js';
import { endsInOrder } from '../interruption.js';

export interface UpFlags {
  readonly name: string;
  readonly hosts?: string;
  readonly spare?: string;
  readonly with?: string;
  readonly install?: boolean;
}

export interface DownFlags {
  readonly name: string;
  readonly all?: boolean;
}

/** `kuafu lab up` */
export async function labUp(flags: UpFlags): Promise<void> {
  const options = {
    name: parseLabName(flags.name),
    hosts: flags.hosts === undefined ? undefined : parseHosts(flags.hosts),
    spare: flags.spare === undefined ? undefined : parseSpare(flags.spare),
    roles: flags.with === undefined ? [] : parseRoles(flags.with),
    install: flags.install ?? false,
  };
  const again = `What is there stays; go on with: kuafu lab up --name ${options.name}`;
  await interruptible(again, async (signal) => {
    const { lab, changed } = await up(options, { runStages: showStages, notify: say }, signal);
    say(changed ? `Lab ${lab.name} is up.` : `Lab ${lab.name} was up already; there was nothing to do.`);
    sayWhole(renderNextSteps(lab, stderrColumns()));
  });
}

/** `kuafu lab down` */
export async function labDown(flags: DownFlags): Promise<void> {
  const names = flags.all === true ? await findLabs() : [parseLabName(flags.name)];
  if (names.length === 0) return say('There is no lab on this machine.');
  await interruptible('Go on with: kuafu lab down', async (signal) => {
    for (const name of names) {
      const wasThere = await down(name, say, signal);
      say(wasThere ? `Lab ${name} is gone.` : `There is no lab ${name}; there was nothing to do.`);
    }
  });
}

/** `kuafu lab status` */
export async function labStatus(name: string | undefined, command: Command): Promise<void> {
  requireRoot('status', name);
  const labs = await readStatus(name === undefined ? undefined : parseLabName(name));
  if (globalOptions(command).json) out(jsonText(labStatusDocument(labs)));
  else if (labs.length === 0)
    say(name === undefined ? 'There is no lab on this machine.' : `There is no lab ${name}.`);
  else out(labs.map(renderLabStatus).join('\n\n'));
  const allRun = labs.every(
    ({ lab, hosts }) => lab !== undefined && hosts.every(({ state }) => state === 'running'),
  );
  if (!allRun || (name !== undefined && labs.length === 0)) process.exitCode = ExitCode.finding;
}

/** `kuafu lab run` */
export async function labRun(name: string, words: readonly string[]): Promise<void> {
  const lab = parseLabName(name);
  requireRoot('run', lab);
  const labs = await findLabs();
  if (!labs.includes(lab))
    throw new UsageError(
      `there is no lab ${lab} on this machine${didYouMean(lab, labs)}`,
      labs.length === 0 ? `kuafu lab up --name ${lab}` : `labs: ${labs.join(', ')}`,
    );
  process.exitCode = await runInLab(lab, words, say);
}

/** The first Ctrl-C ends the work cleanly, a second one at once. */
async function interruptible(hint: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await endsInOrder(() => new KuafuError('interrupted', ExitCode.interrupted, hint), work);
}
