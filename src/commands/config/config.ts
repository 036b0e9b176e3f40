import type { Command } from 'commander';
import type { Config } from '../../lib/config/config-types.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { out, say, tell } from '../../lib/ui/frame/output.js';
import { globalOptions } from '../global-options.js';

/** `kuafu config check | hosts | docs | export`. */
export function registerConfig(program: Command): void {
  const config = program.command('config').summary('check and explain the configuration');
  config.description('Checks, explains and writes out the configuration.');
  config
    .command('check')
    .summary('every fault of the configuration, with its line')
    .description('Holds the configuration against its rules and tells every fault.')
    .action(async (_options, command: Command) => await check(command));
  config
    .command('hosts')
    .summary('how each host is reached, and which line says so')
    .description(
      'Shows how each host is reached: address, port, account, jump hosts, keys and lists of host keys, and on which ' +
        'line of the configuration or of ssh_config each of them is said.',
    )
    .argument('[nodeset...]', 'which hosts; all unless told, spare hosts and gateways among them')
    .addHelpText(
      'after',
      `
Hosts of which all is the same but the address share a block. Nothing is
connected: what ssh is to 'ssh -G', kuafu is to this. Lines of ssh_config that
change the way of ssh and not that of kuafu are notes; 'refused' is what keeps
kuafu from connecting, such as a ProxyCommand.

Examples:
  kuafu config hosts
  kuafu config hosts web-b-07
  kuafu config hosts '@role:gateway' --json`,
    )
    .action(async (nodeSets: readonly string[], _options: unknown, command: Command) => {
      const { showConfigHosts } = await import('./config-hosts-action.js');
      await showConfigHosts(nodeSets, command);
    });
  config
    .command('docs')
    .summary('the annotated example, or one section of it')
    .description('Prints the annotated example, or one section of it.')
    .argument('[section]', 'ssh, ledger, rooms, apps or inventory')
    .action(async (section: string | undefined) => await docs(section));
  config
    .command('export')
    .summary('the configuration with the hosts that scale has put to work')
    .description('Prints the configuration with the hosts that scale has put to work written into it.')
    .action(async (_options, command: Command) => await exportAssigned(command));
}

async function check(command: Command): Promise<void> {
  const { config: file, json } = globalOptions(command);
  const { loadConfig } = await import('../../lib/config/load.js');
  const { ConfigError } = await import('../../lib/config/config-error.js');
  const { secretDoubts } = await import('../../lib/config/secret-doubts.js');
  const { faultyDocument, soundDocument } = await import('../../lib/config/check-document.js');
  try {
    const config = await loadConfig({ file, onDoubt: say });
    for (const doubt of [...secretDoubts(config), ...(config.inventory?.remarks ?? [])]) say(doubt);
    if (json) out(jsonText(soundDocument(config)));
    else tell(await summary(config));
  } catch (error) {
    if (!json || !(error instanceof ConfigError)) throw error;
    // The faults are the result of this command; main() would print an error document instead.
    out(jsonText(faultyDocument(error.issues)));
    process.exitCode = ExitCode.usage;
  }
}

async function summary(config: Config): Promise<string> {
  const { configTotals } = await import('../../lib/config/check-document.js');
  const { rooms, hosts, spares, apps } = configTotals(config);
  const parts = [count(rooms, 'room'), count(hosts, 'host'), count(spares, 'spare host'), count(apps, 'app')];
  return `${config.file}: ok, ${parts.join(', ')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

async function docs(section: string | undefined): Promise<void> {
  const { configDocs } = await import('../../lib/config/docs.js');
  out(await configDocs(section));
}

async function exportAssigned(command: Command): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const { readConfig } = await import('../context.js');
  const { exportConfig } = await import('../../lib/config/export.js');
  const { openLedger } = await import('../../lib/ledger/open.js');
  const config = await readConfig(globalOptions(command), 'unneeded');
  const ledger = await openLedger(config, 'read');
  try {
    const assigned = (await ledger.takenSpares()).filter(({ state }) => state === 'assigned');
    out(exportConfig(await readFile(config.file, 'utf8'), assigned).trimEnd());
    say(`${count(assigned.length, 'host')} of the ledger written in; the file itself is as it was.`);
  } finally {
    await ledger.close();
  }
}
