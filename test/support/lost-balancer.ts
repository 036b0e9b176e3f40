import type { Ended } from './kuafu.js';
import type { LabRoom, ScaleOptions } from './lab-room.js';

/** An expansion that loses the balancer of room B on the way, and so no host joins; the balancer is back after it. */
export async function scaleWithoutBalancer(
  room: LabRoom,
  options: ScaleOptions,
): Promise<Ended & { readonly id: string }> {
  const process = room.start(room.scaleWords({ ...options, start: true }));
  await process.says(/copy/);
  await room.inHost('lb-b', 'mv /run/haproxy/admin.sock /run/haproxy/away');
  try {
    const ended = await process.ended;
    const { stdout } = await room.kuafu(['ops', 'list', '--json']);
    return { ...ended, id: JSON.parse(stdout).operations[0].id };
  } finally {
    await room.inHost('lb-b', 'mv /run/haproxy/away /run/haproxy/admin.sock');
  }
}
