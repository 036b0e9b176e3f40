import { buildConfig } from './build.js';
import { checkApps } from './check-apps.js';
import { checkDatabases } from './check-databases.js';
import { checkDns } from './check-dns.js';
import { checkHosts, hostClaims } from './check-hosts.js';
import { checkSecrets, takeSecrets } from './check-secrets.js';
import { type CheckedShape, checkShape, isTouched } from './check-shape.js';
import {
  ConfigError,
  type ConfigIssue,
  type KeyPath,
  type ReportIssue,
  renderIssue,
} from './config-error.js';
import type { Config } from './config-types.js';
import { configDoubt, findConfigFile } from './find.js';
import { findDoubts } from './find-doubts.js';
import { homeFolder, workingFolder } from './folders.js';
import { withHostNames } from './hosts-by-address.js';
import { leftOutSentences } from './inventory-remarks.js';
import { readProgramHosts } from './program-hosts.js';
import type { Shape } from './schema.js';
import { settleHosts, withoutRepetition } from './settle-hosts.js';
import { type ConfigSource, readSource } from './source.js';
import { readSshFiles } from './ssh-files.js';

export interface LoadOptions {
  /** `--config`; undefined: KUAFU_CONFIG, then the search. */
  readonly file?: string | undefined;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /**
   * `unneeded`: variables that are not set are no fault. For commands that send no value to a host, because not everyone who may
   * look has the passwords; resolving such a value is a bug then.
   */
  readonly secrets?: 'required' | 'unneeded';
  /**
   * Called with a sentence when another user can write the configuration that was named; it is used all the same. Also called
   * about hosts from the inventory program that cannot be used.
   */
  readonly onDoubt?: (sentence: string) => void;
}

/**
 * Finds, reads and checks the configuration; runs its inventory program, if it has one.
 *
 * @throws ConfigError with every fault at once; UsageError when no file is found or it cannot be read; RefusedError when other
 * users can write the found file, or it is no regular file
 */
export async function loadConfig(options: LoadOptions = {}): Promise<Config> {
  const env = options.env ?? process.env;
  const file = await findConfigFile({ file: options.file, cwd: options.cwd ?? workingFolder(), env });
  const doubt = configDoubt(file);
  if (doubt !== undefined) options.onDoubt?.(doubt);
  const source = await readSource(file);
  const issues: ConfigIssue[] = [...source.syntaxIssues];
  const renamed = new Map<string, string>();
  const report: ReportIssue = (path, message, target) => {
    const written = asWritten({ path, message }, renamed);
    if (!isTouched(written.path, source.unreadable))
      issues.push(source.issueAt(written.path, written.message, target));
  };
  const checked: CheckedShape =
    source.value === undefined && issues.length > 0
      ? { shape: undefined, leftOut: [] }
      : checkShape(source.value ?? {}, renamed, report);
  const config =
    checked.shape &&
    (await assemble(checked.shape, { source, checked, renamed, env, issues, report, options }));
  if (config === undefined || issues.length > 0) throw new ConfigError(inOrder(issues));
  return config;
}

/** The path with the keys of the file, in place of the names that replaced them. */
function asWritten(
  { path, message }: { path: KeyPath; message: string },
  renamed: ReadonlyMap<string, string>,
): { path: KeyPath; message: string } {
  const written = new Map([...renamed].map(([key, name]) => [name, key]));
  return {
    path: path.map((key) => written.get(String(key)) ?? key),
    message: [...written].reduce((text, [name, key]) => text.replaceAll(name, () => key), message),
  };
}

interface Work {
  readonly source: ConfigSource;
  readonly checked: CheckedShape;
  readonly renamed: ReadonlyMap<string, string>;
  readonly env: NodeJS.ProcessEnv;
  readonly issues: readonly ConfigIssue[];
  readonly report: ReportIssue;
  readonly options: LoadOptions;
}

/** Runs the checks across sections and builds the configuration. The result is valid only when no issue was reported. */
async function assemble(
  shape: Shape,
  { source, checked, renamed, env, issues, report, options }: Work,
): Promise<Config> {
  const { file } = source;
  const home = homeFolder(env);
  // The program is not started when the file has faults.
  const isSound = issues.length === 0;
  const secrets = takeSecrets(shape, env);
  const told = isSound ? await readProgramHosts(shape, { file, home, secrets }, report) : NOBODY;
  const { hosts: programHosts, remarks } = settleHosts(told, shape);
  for (const sentence of leftOutSentences(remarks)) options.onDoubt?.(sentence);
  const doubts = findDoubts({ ...source, leftOut: checked.leftOut, renamed });
  const mayBeOfProgram = doubts.hasInventory && !isSound;
  const claims = [
    ...hostClaims(shape.rooms),
    ...doubts.hostsWithoutAddress,
    ...withoutRepetition(programHosts, shape.rooms),
  ];
  const hosts = new Map(claims.toReversed().map((claim) => [claim.name, claim]));
  const leftOut = new Set(remarks.flatMap(({ about, name }) => (about === 'left out' ? [name] : [])));
  for (const name of hosts.keys()) leftOut.delete(name);
  const apps = withHostNames(shape.apps, claims);
  const mayHaveAddress = (host: string, room: string) => mayBeOfProgram || doubts.mayHaveAddress(host, room);
  const mayBeHost = (host: string, room: string) =>
    mayBeOfProgram || leftOut.has(host) || doubts.mayBeHost(host, room);
  checkHosts(shape.rooms, claims, { ...doubts, mayHaveAddress }, report);
  const known = { ...doubts, hosts, mayBeHost };
  checkApps(apps, known, report);
  checkDatabases(shape.layers.database, known, report);
  checkDns(shape, known, report);
  if (options.secrets !== 'unneeded') checkSecrets(shape, env, report);
  const sshFiles = await readSshFiles(shape.ssh, home, report);
  return buildConfig({
    file,
    shape: { ...shape, apps },
    env,
    programHosts,
    leftOut,
    remarks,
    secrets,
    sshFiles,
  });
}

const NOBODY = { hosts: [], remarks: [] };

function inOrder(issues: readonly ConfigIssue[]): ConfigIssue[] {
  const unique = new Map(issues.map((issue) => [renderIssue(issue), issue]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
