import type { AppConfig } from '../config/config-types.js';
import { howTarEnded, parseWeighed, readLimitMs, type Weighed, weighCommand } from '../copy/archive.js';
import { progressArguments, progressReader } from '../copy/reading-progress.js';
import { RefusedError } from '../errors.js';
import { readHostFacts } from '../host/host-facts.js';
import { fold } from '../names/fold.js';
import type { ReadSession } from '../ssh/transport.js';
import { lookAtTemplate, type TemplateLook } from './template-look.js';

/** What was read from the template host before a plan is made; nothing was changed. */
export interface TemplateFacts {
  readonly arch: string;
  readonly osId: string;
  readonly excluded: readonly string[];
  readonly fingerprint: Weighed;
  /** Major and minor version of its OpenSSH, such as 9.2; 0 if there is none. */
  readonly openssh: number;
  readonly look: TemplateLook;
}

/** What is told while the files of the template are read. */
export interface ReadingWatch {
  /** Once, before they are read: their size on the disk. */
  readonly onSize: (bytes: number) => void;
  /** How many bytes were read so far, some hundred times at most. */
  readonly onRead: (bytes: number) => void;
}

const UNWATCHED: ReadingWatch = { onSize: () => undefined, onRead: () => undefined };

/**
 * Reads the template host.
 * @throws {RefusedError} if its files cannot be read as configured: one is missing, or changes during the read
 */
export async function readTemplate(
  session: ReadSession,
  app: AppConfig,
  watch: ReadingWatch = UNWATCHED,
): Promise<TemplateFacts> {
  const excluded = excludedPaths(app);
  const [facts, look] = await Promise.all([
    readHostFacts(session, { openssh: true }),
    lookAtTemplate(session, app),
  ]);
  const { arch, osId, openssh } = facts.answer;
  watch.onSize(look.bytes);
  return {
    arch,
    osId,
    openssh,
    excluded,
    look,
    fingerprint: await readFingerprint(session, app, excluded, look, watch.onRead),
  };
}

/** The environment file belongs to a room, so it is rendered and never copied. */
function excludedPaths(app: AppConfig): readonly string[] {
  const env = app.env?.file;
  const inside = env !== undefined && app.files.some((path) => env === path || env.startsWith(`${path}/`));
  return inside ? [...app.exclude, env] : app.exclude;
}

async function readFingerprint(
  session: ReadSession,
  app: AppConfig,
  exclude: readonly string[],
  { hasUnit, bytes }: TemplateLook,
  onRead: ReadingWatch['onRead'],
): Promise<Weighed> {
  const tree = { paths: app.files, exclude, format: 'pax' } as const;
  const command = weighCommand(tree, 'any', readLimitMs(bytes), progressArguments(bytes));
  const result = await session.run(command, { onStderr: progressReader(onRead) });
  const weighed = result.exitCode === 0 ? parseWeighed(result.stdout, result.stderr) : undefined;
  if (weighed) return weighed;
  if (!hasUnit) {
    const hosts = [...app.groups.values()].flatMap((rooms) => [...rooms.values()].flat());
    throw new RefusedError(
      `template host ${session.host} does not have ${app.name}: there is no ${app.service}, and its files cannot be read`,
      `hosts of ${app.name}: ${fold(hosts)}`,
    );
  }
  throw new RefusedError(
    `template host ${session.host}: reading the files of ${app.name} ${howTarEnded(result)}`,
    `check apps.${app.name}.files and exclude; what the running service writes belongs under exclude`,
  );
}
