import { dirname } from 'node:path';
import type { Command } from 'commander';
import { homeFolder } from '../../lib/config/folders.js';
import { settingPlaces } from '../../lib/config/setting-places.js';
import { describeHosts } from '../../lib/inventory/host-description.js';
import { selectHosts, selectionWords } from '../../lib/inventory/selection.js';
import { jsonText } from '../../lib/json-text.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out } from '../../lib/ui/frame/output.js';
import { page } from '../../lib/ui/frame/pager.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { configHostsDocument } from '../../lib/ui/inventory/config-hosts-json.js';
import { renderConfigHosts } from '../../lib/ui/inventory/config-hosts-view.js';
import { openHostContext } from '../context.js';

/** `kuafu config hosts`: without an argument all hosts, including spare hosts and gateways. */
export async function showConfigHosts(nodeSets: readonly string[], command: Command): Promise<void> {
  const { options, config, inventory } = await openHostContext(command);
  const words = selectionWords(nodeSets, {});
  const hosts =
    nodeSets.length === 0
      ? [...inventory.hosts.values()]
      : selectHosts(words, inventory, 'kuafu config hosts web-b-[01-20]');
  const described = describeHosts(hosts, inventory, await settingPlaces(config), config.ssh.knownHosts);
  if (options.json) return out(jsonText(configHostsDocument(config.file, described)));
  const home = homeFolder(process.env);
  const view = { width: stdoutColumns(), paint: painter('stdout'), home, folder: dirname(config.file) };
  await page(renderConfigHosts(described, view), options.pager);
}
