import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatBytes } from '../../lib/bytes.js';
import { NoHostReachedError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { fetchLogs, listFetch } from '../../lib/logs/fetch.js';
import { manifestDocument, readManifest, writeManifest } from '../../lib/logs/manifest.js';
import { out, remark } from '../../lib/ui/frame/output.js';
import { sanitizeLine } from '../../lib/ui/frame/sanitize.js';
import { canRedraw } from '../../lib/ui/frame/screen-width.js';
import { FetchView } from '../../lib/ui/logs/fetch-view.js';
import { withLogs } from './logs-context.js';
import { interruptible, Notices } from './logs-output.js';
import { type LogsFlags, sinceOf } from './logs-request.js';

export interface FetchFlags extends LogsFlags {
  readonly to: string;
}

const DEFAULT_FORKS = 20;

/** `kuafu logs fetch` */
export async function fetch(nodeSets: readonly string[], flags: FetchFlags, command: Command): Promise<void> {
  const folder = resolve(flags.to);
  const sinceMs = sinceOf(flags, Date.now());
  await withLogs(nodeSets, flags, command, async ({ options, logs, connections, secrets }) => {
    const shown = secrets.mask(folder);
    const notices = new Notices(secrets);
    const request = { folder, sinceMs, forks: options.forks ?? DEFAULT_FORKS };
    if (options.dryRun) {
      const found = await interruptible((signal) =>
        listFetch(logs, request, { connections, notice: notices.add, ...SILENT, signal }),
      ).finally(() => notices.flush());
      return showFound(found, shown, options.json, (text) => secrets.mask(text));
    }
    const before = await readManifest(folder);
    remark(`files are written to ${shown} (--to)`);
    const view = new FetchView(canRedraw() && !options.json);
    const { progress, ended } = view;
    const { files, isUnreachable, ...faults } = await interruptible((signal) =>
      fetchLogs(logs, request, { connections, notice: notices.add, progress, ended, signal }),
    ).finally(async () => {
      await view.done();
      notices.flush();
    });
    const failed = faults.failed.map(({ host, message }) => ({ host, message: secrets.mask(message) }));
    if (isUnreachable) throw new NoHostReachedError('no host could be reached');
    const fetched = new Set(files.map(({ file }) => file));
    const all = [...before.filter(({ file }) => !fetched.has(file)), ...files];
    const document = manifestDocument(shown, all, failed);
    await writeManifest(folder, document);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    out(options.json ? jsonText(document) : `${countOf(files)}, ${formatBytes(bytes)}, in ${shown}`);
    if (failed.length > 0) process.exitCode ??= ExitCode.failed;
  });
}

const SILENT = { progress: () => undefined, ended: () => undefined };

/** A dry run: each file, and how much it would be. */
function showFound(
  { files, failed, isUnreachable }: Awaited<ReturnType<typeof listFetch>>,
  folder: string,
  json: boolean,
  mask: (text: string) => string,
): void {
  if (isUnreachable) throw new NoHostReachedError('no host could be reached');
  const shown = files.map((file) => ({ ...file, path: mask(file.path) }));
  const faults = failed.map(({ host, message }) => ({ host, message: mask(message) }));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const lines = shown.map(({ host, path, size }) => `${host}  ${sanitizeLine(path)}  ${formatBytes(size)}`);
  const score = `${countOf(files)}, ${formatBytes(bytes)}, would be written to ${folder}; nothing was changed`;
  out(json ? jsonText({ files: shown, failed: faults }) : [...lines, score].join('\n'));
  if (failed.length > 0) process.exitCode ??= ExitCode.failed;
}

function countOf(files: readonly unknown[]): string {
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
}
