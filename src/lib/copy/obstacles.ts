import type { ReadSession } from '../ssh/transport.js';
import { readLimitMs } from './archive.js';
import type { PlaceNeed } from './file-tree.js';
import { placeWords, SPOOLS, WAY_ON } from './place.js';
import { hasTree } from './survey.js';

/** All names below the paths are read. */
export const OBSTACLES_TIMEOUT_MS = 60_000 + readLimitMs(0);
/** More sentences would not be read. */
const MOST_SENTENCES = 8;

/** The arguments of templates/copy/obstacles.sh. */
export function obstacleWords({ tree, env, replace }: PlaceNeed): string[] {
  return [SPOOLS, replace ? 'replace' : '', env, ...placeWords(tree)];
}

/**
 * What a copy would have to remove at the paths of an app, but must not: mounts, and files that kuafu did not bring. One
 * sentence each. If the host already holds the template's tree, nothing would be removed.
 *
 * @param stdout what obstacles.sh printed there
 */
export async function obstaclesIn(
  stdout: string,
  session: ReadSession,
  { tree }: PlaceNeed,
  { signal }: { readonly signal?: AbortSignal },
): Promise<string[]> {
  const found = await realObstacles(stdout, session, tree, signal);
  return found.map(({ key, text }) => `${text}${WAYS_ON[key]}`).slice(0, MOST_SENTENCES);
}

/** What `--replace` would remove on the host, a sentence each. `stdout` is the output without `--replace`. */
export async function replacedIn(
  stdout: string,
  session: ReadSession,
  { tree }: PlaceNeed,
): Promise<string[]> {
  const found = await realObstacles(stdout, session, tree);
  return found.flatMap(({ key, text }) => (key === 'mount' ? [] : [text])).slice(0, MOST_SENTENCES);
}

async function realObstacles(
  stdout: string,
  session: ReadSession,
  tree: PlaceNeed['tree'],
  signal?: AbortSignal,
): Promise<Obstacle[]> {
  const found = parseObstacles(stdout);
  const isThere = found.some(({ key }) => key === 'other') && (await hasTree(session, tree, signal));
  return found.filter(({ key }) => key !== 'other' || !isThere);
}

const WAYS_ON: Readonly<Record<Obstacle['key'], string>> = {
  mount: '',
  other: ` (${WAY_ON})`,
  env: ' (kuafu scale with --replace writes over it)',
};

interface Obstacle {
  readonly key: 'mount' | 'other' | 'env';
  readonly text: string;
}

/** Reads what obstacles.sh printed; it may name a mount once for each path that lies on it. */
export function parseObstacles(stdout: string): Obstacle[] {
  const found = new Map<string, Obstacle>();
  for (const line of stdout.split('\n')) {
    const [, key, text = ''] = /^(mount|other|env) (.+)$/.exec(line) ?? [];
    if (key === 'mount' || key === 'other' || key === 'env')
      found.set(line, { key, text: key === 'mount' ? unescaped(text) : text });
  }
  return [...found.values()];
}

/** proc(5), mountinfo: blanks, line ends and backslashes are written as \040 and so on. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
