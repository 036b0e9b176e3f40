import type { ReadSession } from '../ssh/transport.js';
import { readLimitMs } from './archive.js';
import type { PlaceNeed } from './file-tree.js';
import { placeWords, SPOOLS, WAY_ON } from './place.js';
import { hasTree } from './survey.js';

/** All names below the paths are read. */
export const OBSTACLES_TIMEOUT_MS = 60_000 + readLimitMs(0);
/** More would not be read by anybody. */
const MOST_SENTENCES = 8;

/** The arguments of templates/copy/obstacles.sh. */
export function obstacleWords({ tree, env, replace }: PlaceNeed): string[] {
  return [SPOOLS, replace ? 'replace' : '', env, ...placeWords(tree)];
}

/**
 * What is at the paths of an app on a host that a copy would have to take away and must not, a sentence each: mounts, and
 * what kuafu did not bring. A host that holds the template's very tree has nothing that would be taken away.
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

/** What `--replace` would take away there, a sentence each; `stdout` as if it were not given. */
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

/** Reads what obstacles.sh printed; a mount may be said once for each path that it is below. */
export function parseObstacles(stdout: string): Obstacle[] {
  const found = new Map<string, Obstacle>();
  for (const line of stdout.split('\n')) {
    const [, key, text = ''] = /^(mount|other|env) (.+)$/.exec(line) ?? [];
    if (key === 'mount' || key === 'other' || key === 'env')
      found.set(line, { key, text: key === 'mount' ? unescaped(text) : text });
  }
  return [...found.values()];
}

/** proc(5), mountinfo: blanks, line ends and backslashes stand as \040 and so on. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
