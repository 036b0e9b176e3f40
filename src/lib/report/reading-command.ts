import { hostScript } from '../../host-script.js';
import { pathWord } from '../logs/remote-path.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';

/** What to read on a host in addition to what is read on every host. */
export interface ReadingWanted {
  /** systemd units whose state and CPU time are read. */
  readonly units: readonly string[];
  /** Paths whose file systems are read. */
  readonly paths: readonly string[];
  /** Files whose first line is a version. */
  readonly versionFiles: readonly string[];
}

/** How long a host may take in addition to the sample. */
const ANSWER_MS = 20_000;

/**
 * Reads a host: system, load, memory, file systems, units, and its CPU use over `sampleMs` (0: not measured). It needs a POSIX
 * shell, coreutils, awk and systemd, and changes nothing.
 */
export function readingCommand(wanted: ReadingWanted, sampleMs: number): ReadCommand {
  const args = [
    String(sampleMs / 1000),
    ...wanted.units.map((unit) => `unit=${unit}`),
    ...wanted.paths.map((path) => `disk=${path}`),
    ...wanted.versionFiles.map((path) => `version=${pathWord(path)}`),
  ];
  return scriptCommand(hostScript('report/reading'), args, 'read', sampleMs + ANSWER_MS);
}
