import type { Config } from '../../lib/config/config-types.js';
import { UsageError } from '../../lib/errors.js';
import type { Inventory } from '../../lib/inventory/inventory.js';
import type { HostLogs, LogFilter, LogSources } from '../../lib/logs/sources.js';
import { autoStamps } from '../../lib/logs/times/auto-stamps.js';
import { formatStamps } from '../../lib/logs/times/format-stamps.js';
import { jsonFieldStamps } from '../../lib/logs/times/json-stamps.js';
import type { StampReader } from '../../lib/logs/times/stamp.js';
import { isOfYesterday, parseWhen } from '../../lib/logs/when.js';
import { fold } from '../../lib/names/fold.js';
import type { Host } from '../../lib/names/host.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { say } from '../../lib/ui/frame/output.js';
import {
  jsonFormat,
  type LogFormat,
  prefixFormat,
  TEMPLATE_FIELDS,
  templateFormat,
} from '../../lib/ui/logs/log-lines.js';

export interface LogsFlags {
  readonly hosts?: string;
  readonly app?: string;
  readonly group?: string;
  readonly idc?: string;
  readonly room?: string;
  readonly file?: readonly string[];
  readonly unit?: string;
  readonly since?: string;
  /** False with --no-mask. */
  readonly mask?: boolean;
}

export interface FilterFlags extends LogsFlags {
  readonly exclude?: readonly string[];
  readonly ignoreCase?: boolean;
  readonly template?: string;
  readonly timeFormat?: string;
  readonly timeField?: string;
}

/**
 * Where the logs of the chosen hosts are: from the flags, otherwise from the configuration of each host's applications.
 * Hosts with neither are left out and reported.
 *
 * @throws UsageError when no host has any
 */
export function logsOf(
  hosts: readonly Host[],
  flags: LogsFlags,
  { config, inventory }: { config: Config; inventory: Inventory },
): readonly HostLogs[] {
  for (const path of flags.file ?? [])
    if (!path.startsWith('/') || /[\n\0]/.test(path))
      throw new UsageError(`--file ${JSON.stringify(path)} is no absolute path`);
  if (flags.file !== undefined || flags.unit !== undefined) {
    const sources = { files: flags.file ?? [], journal: unitOf(flags.unit) };
    return hosts.map((host) => ({ host, sources }));
  }
  const byHost = configuredSources(flags.app, config, inventory);
  const logs = hosts.flatMap((host) => {
    const sources = byHost.get(host.name);
    return sources === undefined ? [] : [{ host, sources }];
  });
  const without = fold(hosts.flatMap(({ name }) => (byHost.has(name) ? [] : [name])));
  if (logs.length === 0)
    throw new UsageError(
      `the configuration names no logs for ${without}`,
      'set logs of the app there, or say which: --file /var/log/app/*.log, --unit app.service',
    );
  if (without !== '') say(`${without}: left out, the configuration names no logs for it`);
  return logs;
}

function configuredSources(
  only: string | undefined,
  { apps, rooms }: Config,
  inventory: Inventory,
): ReadonlyMap<string, LogSources> {
  const byHost = new Map<string, LogSources>();
  for (const { name, logs, groups } of apps.values()) {
    if (logs === undefined || (only !== undefined && name !== only)) continue;
    for (const group of groups.keys())
      for (const room of rooms.keys())
        for (const host of inventory.members(name, group, room)) {
          const known = byHost.get(host.name);
          byHost.set(host.name, {
            files: [...new Set([...(known?.files ?? []), ...logs.files])],
            journal: known?.journal ?? logs.journal,
          });
        }
  }
  return byHost;
}

function unitOf(unit: string | undefined): string | undefined {
  if (unit === undefined) return undefined;
  if (!/^[A-Za-z0-9:_.\\@-]+$/.test(unit))
    throw new UsageError(`--unit ${JSON.stringify(unit)} is no systemd unit`);
  return unit.includes('.') ? unit : `${unit}.service`;
}

/**
 * The filter of lines. `flag`: the flag that gives the wanted patterns.
 *
 * @throws UsageError for a line end in a pattern, which grep would read as an `or`
 */
export function filterOf(
  grep: readonly string[],
  flag: '-e' | '--grep',
  { exclude = [], ignoreCase = false }: FilterFlags,
): LogFilter {
  for (const [each, patterns] of [
    [flag, grep],
    ['--exclude', exclude],
  ] as const)
    for (const pattern of patterns)
      if (pattern.includes('\n'))
        throw new UsageError(
          `${each === '-e' ? 'the pattern' : each} ${JSON.stringify(pattern)} has a line end, and lines have none`,
          `for one pattern or another give ${each} once for each`,
        );
  return { grep, exclude, ignoreCase };
}

/**
 * The time of --since; undefined: none was given.
 *
 * @throws UsageError when it is no time, or still to come: no line can be newer
 */
export function sinceOf({ since }: LogsFlags, nowMs: number): number | undefined {
  if (since === undefined) return undefined;
  const at = parseWhen(since, '--since', nowMs);
  if (at > nowMs) throw new UsageError(`--since ${since} is still to come: no line is newer than that`);
  if (isOfYesterday(since, at, nowMs))
    say(`--since ${since} is that of yesterday: today it is still to come`);
  return at;
}

/** How times are found in lines. @throws UsageError for an invalid format */
export function stampsOf({ timeFormat, timeField }: FilterFlags): () => StampReader {
  if (timeFormat !== undefined && timeField !== undefined)
    throw new UsageError('--time-format and --time-field are two ways to find the time', 'give one of them');
  if (timeFormat !== undefined) {
    const reader = formatStamps(timeFormat);
    return () => reader;
  }
  if (timeField !== undefined) {
    const reader = jsonFieldStamps(timeField);
    return () => reader;
  }
  return autoStamps;
}

/** How lines are printed. @throws UsageError for a template with an unknown field */
export function formatOf({ template }: FilterFlags, json: boolean, hosts: readonly HostLogs[]): LogFormat {
  if (json && template !== undefined)
    throw new UsageError('--json and --template are two formats', 'give one of them');
  if (json) return jsonFormat;
  const paint = painter('stdout');
  if (template === undefined)
    return prefixFormat(
      hosts.map(({ host }) => host.name),
      paint,
    );
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)].find(
    ([, name]) => !TEMPLATE_FIELDS.some((field) => field === name),
  );
  if (unknown !== undefined)
    throw new UsageError(
      `--template: ${unknown[0]} is not known`,
      `There are ${TEMPLATE_FIELDS.map((field) => `{${field}}`).join(' ')}.`,
    );
  return templateFormat(template, paint);
}
