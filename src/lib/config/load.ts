import { Secrets } from '../secret.js';
import { buildConfig } from './build.js';
import { checkApps, checkSecrets } from './check-apps.js';
import { checkHosts, hostClaims } from './check-hosts.js';
import { type CheckedShape, checkShape } from './check-shape.js';
import {
  ConfigError,
  type ConfigIssue,
  type KeyPath,
  type ReportIssue,
  renderIssue,
} from './config-error.js';
import type { Config } from './config-types.js';
import { findConfigFile } from './find.js';
import { homeFolder } from './folders.js';
import { type ProgramHost, readProgramHosts } from './program-hosts.js';
import type { Shape } from './schema.js';
import { secretNames } from './secret-text.js';
import { type ConfigSource, readSource } from './source.js';
import { readSshFiles } from './ssh-files.js';

export interface LoadOptions {
  /** `--config`; undefined: KUAFU_CONFIG, then the search. */
  readonly file?: string | undefined;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /**
   * `unneeded`: variables that nobody has set are no fault. For commands that send no value to a host, as not everyone who may
   * look has the passwords; resolving such a value is a bug then.
   */
  readonly secrets?: 'required' | 'unneeded';
}

/**
 * Finds, reads and checks the configuration; runs its inventory program, if it has one.
 *
 * @throws ConfigError with every fault at once; UsageError when no file is found or it cannot be read
 */
export async function loadConfig(options: LoadOptions = {}): Promise<Config> {
  const env = options.env ?? process.env;
  const file = await findConfigFile({ file: options.file, cwd: options.cwd ?? process.cwd(), env });
  const source = await readSource(file);
  const issues: ConfigIssue[] = [...source.syntaxIssues];
  const report: ReportIssue = (path, message, target) => {
    issues.push(source.issueAt(path, message, target));
  };
  const checked: CheckedShape =
    source.value === undefined && issues.length > 0
      ? { shape: undefined, leftOut: [] }
      : checkShape(source.value ?? {}, report);
  const config =
    checked.shape && (await assemble(checked.shape, { source, checked, env, issues, report, options }));
  if (config === undefined || issues.length > 0) throw new ConfigError(inOrder(issues));
  return config;
}

interface Work {
  readonly source: ConfigSource;
  readonly checked: CheckedShape;
  readonly env: NodeJS.ProcessEnv;
  readonly issues: readonly ConfigIssue[];
  readonly report: ReportIssue;
  readonly options: LoadOptions;
}

/** The checks across sections, then the whole. What it gives is of use only when no issue came up. */
async function assemble(
  shape: Shape,
  { source, checked, env, issues, report, options }: Work,
): Promise<Config> {
  const { file } = source;
  const home = homeFolder(env);
  // A program is not started on behalf of a file that has faults.
  const isSound = issues.length === 0;
  const programHosts = isSound ? await readProgramHosts(shape, { file, home }, report) : [];
  const claims = [...hostClaims(shape.rooms), ...withoutRepetition(programHosts, shape)];
  checkHosts(shape.rooms, claims, report);
  checkApps(
    shape.apps,
    {
      rooms: Object.keys((source.value as { rooms?: object }).rooms ?? {}),
      hosts: new Map(claims.toReversed().map((claim) => [claim.name, claim])),
      isComplete: (room) =>
        !isLeftOut(['rooms', room], checked) && (shape.inventory === undefined || isSound),
      hasWholeFiles: (app) =>
        !isLeftOut(['apps', app, 'files'], checked) && !isLeftOut(['apps', app, 'exclude'], checked),
    },
    report,
  );
  if (options.secrets !== 'unneeded') checkSecrets(shape.apps, env, report);
  const sshFiles = await readSshFiles(shape.ssh, home, report);
  return buildConfig({ file, shape, env, programHosts, secrets: takeSecrets(shape, env), sshFiles });
}

/** A host that file and program tell of alike is one host. */
function withoutRepetition(programHosts: readonly ProgramHost[], { rooms }: Shape): ProgramHost[] {
  return programHosts.filter(({ name, room, role, address }) => {
    const entries = rooms[room]?.[role === 'spare' ? 'spare' : 'hosts'] ?? [];
    return !entries.some((entry) => entry.name === name && entry.address === address);
  });
}

/** Whether a fault at this path, above or below it took something away. */
function isLeftOut(path: KeyPath, { leftOut }: CheckedShape): boolean {
  return leftOut.some((other) => other.every((key, depth) => depth >= path.length || key === path[depth]));
}

function takeSecrets({ apps }: Shape, env: NodeJS.ProcessEnv): Secrets {
  const secrets = new Secrets();
  for (const { env: appEnv } of Object.values(apps)) {
    const texts = [appEnv?.common ?? {}, ...Object.values(appEnv?.rooms ?? {})].flatMap(Object.values);
    for (const name of texts.flatMap(secretNames)) {
      const value = env[name];
      if (value !== undefined) secrets.add(name, value);
    }
  }
  return secrets;
}

function inOrder(issues: readonly ConfigIssue[]): ConfigIssue[] {
  const unique = new Map(issues.map((issue) => [renderIssue(issue), issue]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
