// For bench/copy.mjs --branch: one copy by ChainCopy alone, with a width that is given, on the lab's control host.
//
//   copy-width.mjs CONFIG TEMPLATE WIDTH HOST...
//
// Prints JSON: bytes of the archive, and seconds from the first look at the hosts until the tree is in place on all of them,
// connections open already, which is what the copy steps of an expansion are.
import { dirname, join } from 'node:path';
import {
  buildInventory,
  ChainCopy,
  loadConfig,
  openConnections,
  parseWeighed,
  weighCommand,
} from './library.js';

const [configFile, from, width, ...names] = process.argv.slice(2);
const config = await loadConfig({ file: configFile, secrets: 'required' });
const inventory = buildInventory(config, []);
const newKeysFile = join(dirname(configFile), 'accepted_host_keys');
const connections = openConnections({
  knownHostsFiles: [...config.ssh.knownHosts, newKeysFile],
  newKeysFile,
  findJumpHost: (jump, target) => inventory.jumpHost(jump, target),
});
const hostOf = (name) => inventory.host(name);
const sessionOf = (name) => connections.session(hostOf(name));
const { files: paths } = config.apps.get('shop');

async function treeOfTemplate() {
  const tree = { paths, exclude: [] };
  const { stdout, stderr } = await (await sessionOf(from)).run(weighCommand(tree, 'any', 60_000));
  return { ...tree, ...parseWeighed(stdout, stderr) };
}

const tree = await treeOfTemplate();
const sources = [hostOf(from).ssh.address, config.rooms.get('B').network];
const action = { kind: 'copy.tree', from, tree, method: 'chain', width: Number(width), sources };
const { signal } = new AbortController();
const copy = new ChainCopy('/var/tmp/kuafu-bench');
await Promise.all(names.map(sessionOf));
const start = performance.now();
try {
  await Promise.all(
    names.map((name) => {
      const session = () => sessionOf(name);
      const context = { operation: '000000-0000', host: hostOf(name), session, sessionOf, hostOf, signal };
      return copy.deliver(action, { ...context, progress: () => undefined });
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ bytes: tree.packed.bytes, seconds }));
} finally {
  await copy.close();
  await connections.close();
}
