import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate, SwitchLook } from './gate.js';

const WITHIN_MS = 3000;
const PAUSE_MS = 300;

/** What stands in the way for a moment alone, such as a proxy whose check of a server came late, is looked at again. */
export async function lookAtGates<Look extends SwitchLook>(
  read: () => Promise<Look>,
  judge: (seen: Look) => readonly Gate[],
): Promise<{ readonly seen: Look; readonly gates: readonly Gate[] }> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const seen = await read();
    const gates = judge(seen);
    if (gates.every(({ ok }) => ok) || performance.now() > deadline) return { seen, gates };
    await sleep(PAUSE_MS);
  }
}
