import { posix } from 'node:path';
import { hostScript } from '../../host-script.js';
import type { AppConfig } from '../config/config-types.js';
import { isIn } from '../config/system-paths.js';
import { closedMode, type EnvAccess } from '../env/env-access.js';
import type { Risk } from '../plan/plan.js';
import { mustRun } from '../run/remote.js';
import { scriptCommand } from '../shell/quote.js';
import type { ReadSession } from '../ssh/transport.js';

/** What was read from a template host, except the bytes of its files. */
export interface TemplateLook {
  readonly hasUnit: boolean;
  /** User and group id of the service account; empty if the template has no such account. */
  readonly account: { readonly uid: string; readonly gid: string };
  /** Who may read its environment file; undefined if it has none. */
  readonly env: EnvAccess | undefined;
  /** The unit's own file; empty if it has none. */
  readonly fragment: string;
  readonly dropIns: readonly string[];
  /** EnvironmentFile= of the unit. */
  readonly envFiles: readonly string[];
  /** UnitFileState (systemctl(1), `is-enabled`). */
  readonly state: string;
  /** Folders below /etc/systemd/system with a link to the unit, from its `[Install]` or made by hand; the state does not tell. */
  readonly wantedIn: readonly string[];
  /** Configured paths that are links, and their final targets. */
  readonly links: readonly Link[];
  /** Links within the trees, and the path that each one names. */
  readonly innerLinks: readonly Link[];
  /** The space that the files take on the disk. */
  readonly bytes: number;
}

interface Link {
  readonly path: string;
  readonly target: string;
}

const LOOK_TIMEOUT_MS = 120_000;
const MOST_OUTPUT_BYTES = 4_000_000;
/** More names in a sentence would not be read. */
const MOST_NAMES = 5;

/**
 * Reads all this from a template host; what it cannot tell is empty.
 * @throws {NoAnswerError} if it says nothing in time, or more than is read
 */
export async function lookAtTemplate(
  session: ReadSession,
  { service, user = '', env, files }: AppConfig,
): Promise<TemplateLook> {
  const words = [service, user, env?.file ?? '', ...files];
  const command = scriptCommand(hostScript('copy/template'), words, 'read', LOOK_TIMEOUT_MS);
  const io = { maxOutputBytes: MOST_OUTPUT_BYTES };
  return parseTemplateLook((await mustRun(session, command, 'looking at its unit and files', io)).stdout);
}

export function parseTemplateLook(stdout: string): TemplateLook {
  const records = stdout.split('\0').map((record) => {
    const at = record.indexOf(' ');
    return { key: record.slice(0, at), value: record.slice(at + 1) };
  });
  const all = (key: string) => records.filter((record) => record.key === key).map(({ value }) => value);
  const links = (key: string) =>
    records.flatMap((record, index): Link[] => {
      const to = records[index + 1];
      return record.key === key && to?.key === 'to' ? [{ path: record.value, target: to.value }] : [];
    });
  const number = (key: string) => all(key).find((value) => /^\d+$/.test(value)) ?? '';
  return {
    hasUnit: all('load')[0] === 'loaded',
    account: { uid: number('uid'), gid: number('gid') },
    env: envAccess(all('env')[0] ?? ''),
    fragment: all('fragment')[0] ?? '',
    dropIns: all('dropin'),
    envFiles: all('envfile'),
    state: all('state')[0] ?? '',
    wantedIn: all('wanted').filter((name) => /^[\w:.\\@-]+\.(wants|requires)$/.test(name)),
    links: links('link'),
    innerLinks: links('inner').map(({ path, target }) => ({
      path,
      target: posix.resolve(posix.dirname(path), target),
    })),
    bytes: Number(all('bytes')[0]) || 0,
  };
}

function envAccess(record: string): EnvAccess | undefined {
  const [, mode, owner] = /^([0-7]{1,4}) ([\w.-]+:[\w.-]+)$/.exec(record) ?? [];
  if (mode === undefined || owner === undefined || owner.includes('UNKNOWN')) return undefined;
  return { mode: closedMode(mode), owner };
}

/** What of a template would not be copied, or would differ from the template. */
export function lookRisks(app: AppConfig, host: string, look: TemplateLook): Risk[] {
  const isBrought = (path: string) => app.files.some((file) => isIn(path, file));
  const refused = look.links
    .filter(({ target }) => !isBrought(target))
    .map(
      ({ path, target }) =>
        `${path} on template host ${host} is a link that leaves \`files\`: it leads to ${target} (add that to apps.${app.name}.files)`,
    );
  return [
    ...refused.map((message) => ({ level: 'refuse', message }) as const),
    ...[...unitNotes(app, look, isBrought), ...linkNotes(app, look, isBrought)].map(
      (message) => ({ level: 'note', message }) as const,
    ),
  ];
}

function unitNotes(
  { service, env }: AppConfig,
  look: TemplateLook,
  isBrought: (path: string) => boolean,
): string[] {
  const found: string[] = [];
  const outside = (paths: readonly string[]) => paths.filter((path) => !isBrought(path));
  if (look.fragment !== '' && !isBrought(look.fragment))
    found.push(
      `${service} is ${look.fragment}, which is not in \`files\`: new hosts have to have it already`,
    );
  const dropIns = outside(look.dropIns);
  if (dropIns.length > 0)
    found.push(`${service} has drop-ins that are not in \`files\` and are not copied: ${names(dropIns)}`);
  const envFiles = outside(look.envFiles).filter((path) => path !== env?.file);
  if (envFiles.length > 0)
    found.push(
      `${service} reads ${names(envFiles)}, neither in \`files\` nor env.file: new hosts have to have it already`,
    );
  if (look.state === 'disabled')
    found.push(`${service} is not started at boot on the template; on new hosts it is`);
  if (look.state === 'static' && look.wantedIn.length === 0)
    found.push(
      `${service} has no [Install] and nothing wants it on the template: no boot starts it, there or here`,
    );
  return found;
}

function linkNotes(app: AppConfig, look: TemplateLook, isBrought: (path: string) => boolean): string[] {
  const isLeft = (path: string) => app.exclude.some((left) => isIn(path, left));
  const leaving = look.innerLinks.filter(({ path, target }) => !isBrought(target) && !isLeft(path));
  // Paths that are links themselves have been reported already.
  const inner = leaving.filter(({ path }) => !look.links.some((link) => link.path === path));
  if (inner.length === 0) return [];
  const words = inner.map(({ path, target }) => `${path} → ${target}`);
  return [`what links lead to is not copied where it is not in \`files\`: ${names(words)}`];
}

function names(words: readonly string[]): string {
  const more = words.length - MOST_NAMES;
  return [...words.slice(0, MOST_NAMES), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
