import type { BalancerServer } from '../balancer-servers.js';
import { isDrained, isWanted, type ServerState } from '../server-state.js';
import { call, type Runtime } from './runtime-socket.js';
import { readOwn } from './servers.js';
import { waitUntil } from './up.js';

/**
 * Sends nobody there any more, for as long as it takes: a health that is set would last until the next checks only, and those
 * who persist would come back to a host at which somebody is at work.
 */
export async function shutServer(runtime: Runtime, server: BalancerServer): Promise<void> {
  const open = (await readOwn(runtime, server)).filter((own) => !isWanted(own) && !own.isInMaintenance);
  for (const { name } of open) await call(runtime, `set server ${server.backend}/${name} state maint`);
}

/**
 * Has a balancer check the health of a server that was shut, which it did not while it was: what it knows of it is of before.
 * The server stays drained.
 * @throws StepFailure where no check passes
 */
export async function checkAnew(runtime: Runtime, server: BalancerServer): Promise<void> {
  const id = ({ name }: ServerState) => `${server.backend}/${name}`;
  const shut = (await readOwn(runtime, server)).filter((own) => !isWanted(own));
  for (const own of shut) await call(runtime, `set server ${id(own)} state drain`);
  const checked = (await readOwn(runtime, server)).filter((own) => isDrained(own) && own.isChecked);
  // Its count of passed checks begins anew with that.
  for (const own of checked) await call(runtime, `set server ${id(own)} health down`);
  const names = checked.map(({ name }) => name);
  if (names.length === 0) return;
  await waitUntil(runtime, server, async (own) =>
    own.filter(({ name }) => names.includes(name)).every(({ passes }) => passes > 0),
  );
}
