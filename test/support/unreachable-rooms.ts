import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from '../unit/ledger/fixture.js';

/** A folder of its own with a configuration in it, and how to take it away. */
export interface UnreachableRooms {
  readonly path: string;
  readonly config: string;
  readonly remove: () => Promise<void>;
}

/**
 * A configuration of these rooms and apps with a ledger beside it. SSH is on port 1: where an address is of loopback nobody
 * listens there, so what does connect ends at once.
 */
export async function unreachableRooms(roomsAndApps: string): Promise<UnreachableRooms> {
  const { path, remove } = await scratchFolder();
  const config = join(path, 'k.yaml');
  await writeFile(
    config,
    `ssh: {port: 1, connectTimeout: 2s, configFile: none}
ledger: 'sqlite:${join(path, 'ledger.db')}'
${roomsAndApps}`,
  );
  return { path, config, remove };
}
