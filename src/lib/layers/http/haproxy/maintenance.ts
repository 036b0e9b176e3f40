import type { BalancerServer } from '../balancer-servers.js';
import { isDrained, isWanted, type ServerState } from '../server-state.js';
import { call, type Runtime } from './runtime-socket.js';
import { readOwn } from './servers.js';
import { waitUntil } from './up.js';

/**
 * Stops all requests to a server, without a time limit. A health that is set would last only until the next checks, and then
 * persistent sessions would come back to a host under maintenance.
 */
export async function shutServer(runtime: Runtime, server: BalancerServer): Promise<void> {
  const open = (await readOwn(runtime, server)).filter((own) => !isWanted(own) && !own.isInMaintenance);
  for (const { name } of open) await call(runtime, `set server ${server.backend}/${name} state maint`);
}

/**
 * Makes a balancer check the health of a server that was shut. While the server was shut it had no checks, so the balancer's
 * last result is old. The server stays drained.
 * @throws StepFailure if no check passes
 */
export async function checkAnew(runtime: Runtime, server: BalancerServer): Promise<void> {
  const id = ({ name }: ServerState) => `${server.backend}/${name}`;
  const shut = (await readOwn(runtime, server)).filter((own) => !isWanted(own));
  for (const own of shut) await call(runtime, `set server ${id(own)} state drain`);
  const checked = (await readOwn(runtime, server)).filter((own) => isDrained(own) && own.isChecked);
  // This resets its count of passed checks.
  for (const own of checked) await call(runtime, `set server ${id(own)} health down`);
  const names = checked.map(({ name }) => name);
  if (names.length === 0) return;
  await waitUntil(runtime, server, async (own) =>
    own.filter(({ name }) => names.includes(name)).every(({ passes }) => passes > 0),
  );
}
