import { hostScript } from '../../host-script.js';
import { mustRun } from '../run/remote.js';
import { scriptCommand } from '../shell/quote.js';
import type { ReadSession } from '../ssh/transport.js';
import { readLimitMs } from './archive.js';
import type { PlaceNeed } from './file-tree.js';
import { placeWords, SPOOLS, WAY_ON } from './place.js';
import { hasTree } from './survey.js';

/** All names below the paths are read. */
const OBSTACLES_TIMEOUT_MS = 60_000 + readLimitMs(0);
/** More sentences would not be read. */
const MOST_SENTENCES = 8;

/**
 * What a copy would have to remove at the paths of an app, but must not: mounts, and files that kuafu did not bring. One
 * sentence each. If the host already holds the template's tree, nothing would be removed.
 */
export async function readObstacles(
  session: ReadSession,
  place: PlaceNeed,
  signal?: AbortSignal,
): Promise<string[]> {
  const found = await realObstacles(session, place, signal);
  return found.map(({ key, text }) => `${text}${WAYS_ON[key]}`).slice(0, MOST_SENTENCES);
}

/** What `--replace` would remove on the host, a sentence each. */
export async function readReplaceable(session: ReadSession, place: PlaceNeed): Promise<string[]> {
  const found = await realObstacles(session, { ...place, replace: false });
  return found.flatMap(({ key, text }) => (key === 'mount' ? [] : [text])).slice(0, MOST_SENTENCES);
}

async function realObstacles(
  session: ReadSession,
  { tree, env, replace }: PlaceNeed,
  signal?: AbortSignal,
): Promise<Obstacle[]> {
  const words = [SPOOLS, replace ? 'replace' : '', env, ...placeWords(tree)];
  const command = scriptCommand(hostScript('copy/obstacles'), words, 'read', OBSTACLES_TIMEOUT_MS);
  const io = signal ? { signal } : {};
  const { stdout } = await mustRun(session, command, 'looking at what is there', io);
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
