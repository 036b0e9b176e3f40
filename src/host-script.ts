import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { packageFile } from './package-file.js';

/** A line `. ./open.sh`: to shells and to shellcheck it means a part in the same folder as the script. */
const PART = /^\. \.\/(\S+)\.sh$/gm;

const texts = new Map<string, string>();

/**
 * A script that runs on hosts, for scriptCommand: `hostScript('logs/grep')` is templates/logs/grep.sh with its parts
 * inserted, because a host gets one text. Read once. The file is part of the package: an error here means a broken
 * installation.
 */
export function hostScript(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(packageFile(`templates/${name}.sh`), 'utf8');
  const whole = text.replace(PART, (_, part: string) => hostScript(posix.join(posix.dirname(name), part)));
  texts.set(name, whole);
  return whole;
}
