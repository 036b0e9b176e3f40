import { lookup } from 'node:dns/promises';

/** Node.js resolves this many names at a time; more would go on after the deadline, and the process would wait for them. */
const PARALLEL = 4;
const WITHIN_MS = 2000;

/**
 * The address of each name from the system's resolver (/etc/hosts, DNS). A name without an address is left out, and so is a name
 * that was not answered in time.
 */
export async function resolveAll(
  names: readonly string[],
  withinMs = WITHIN_MS,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const left = [...new Set(names)];
  let isOver = false;
  const askOneByOne = async () => {
    for (let name = left.pop(); name !== undefined && !isOver; name = left.pop()) {
      const answer = await lookup(name).catch(() => undefined);
      if (answer !== undefined && !isOver) found.set(name, answer.address);
    }
  };
  let deadline: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    deadline = setTimeout(resolve, withinMs);
  });
  await Promise.race([over, Promise.all(Array.from({ length: PARALLEL }, askOneByOne))]);
  isOver = true;
  clearTimeout(deadline);
  return found;
}
