import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/lib/config/load.js';
import { lastWords } from '../../src/lib/host/unit-end.js';
import { buildInventory } from '../../src/lib/inventory/inventory.js';
import { openConnections } from '../../src/lib/ssh/connections.js';
import type { Connections, Session } from '../../src/lib/ssh/transport.js';
import { jumpHosts } from '../support/jump-hosts.js';
import { LabRoom } from '../support/lab-room.js';

// What a unit of a real systemd wrote last, while it dies again and again.
const room = new LabRoom();
const HOST = 'web-b-01';
const UNIT = 'kuafu-test-loop.service';
const FILE = `/run/systemd/system/${UNIT}`;
let connections: Connections;
let session: Session;

beforeAll(async () => {
  await room.open();
  const config = await loadConfig({ file: process.env.KUAFU_CONFIG, secrets: 'unneeded' });
  connections = openConnections({
    knownHostsFiles: config.ssh.knownHosts,
    newKeysFile: join(dirname(config.ledger.file), 'accepted_host_keys'),
    findJumpHost: jumpHosts(),
  });
  session = await connections.session(buildInventory(config, []).host(HOST));
});
afterAll(async () => {
  await room.inHost(HOST, `systemctl stop ${UNIT}; rm -f ${FILE}; systemctl daemon-reload`);
  await connections.close();
  await room.close();
});

/** Starts a unit that is always restarted, and waits until its process number `run` (from 1) does what `until` says. */
async function loop(program: string, restartSec: number, run: number, until: 'runs' | 'ended') {
  const unit = `[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nRestart=always\\nRestartSec=${restartSec}\\nExecStart=/bin/sh -c "${program}"\\n`;
  const state = until === 'runs' ? 'running' : 'auto-restart';
  await room.inHost(
    HOST,
    `systemctl stop ${UNIT} 2>/dev/null; printf '${unit}' > ${FILE}; systemctl daemon-reload; systemctl start ${UNIT}
i=0; until [ "$(systemctl show -P NRestarts ${UNIT}) $(systemctl show -P SubState ${UNIT})" = "${run - 1} ${state}" ]; do
  i=$((i + 1)); [ $i -lt 400 ] || exit 1; sleep 0.05
done`,
  );
}

const words = (loopMs?: number) => lastWords(session, UNIT, new AbortController().signal, loopMs);

it('are those of the run that ended, while the unit waits to be restarted', async () => {
  await loop('echo no port; exit 3', 600, 1, 'ended');
  await room.inHost(HOST, 'sleep 1');
  expect(await words()).toBe('; its journal ends: no port');
});

it('are those of the run before, where that one is of the same loop and the present one has said nothing', async () => {
  const program = `if [ -e ${FILE}.said ]; then rm ${FILE}.said; exec sleep 600; fi; touch ${FILE}.said; echo no port; exit 3`;
  await loop(program, 1, 2, 'runs');
  expect(await words()).toBe('');
  expect(await words(60_000)).toBe('; its journal ends: no port');
});
