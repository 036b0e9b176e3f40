import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// A shell drops the exit status of `$(...)` wherever it is more than the whole value of an assignment: in `[ "$(a)" = "$(b)" ]`
// and in `own "$(a)"` a program that failed has printed nothing, and nothing passes for its answer.
const TEMPLATES = new URL('../../templates/', import.meta.url);

/** Scripts that hosts are given by a plan, or run at their making. */
const NO_SCRIPTS = /^(?:init|lab)\//;

/** Substitutions whose failure is seen otherwise, or does no harm. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  'words for people': [
    'refuse "this host cannot hold all that the template has: $(printf',
    'echo "unable authorized_keys cannot be changed: $(printf',
    'echo "fed $name $status $(tail',
  ],
  'the reader knows the fact without a value as not known': [
    'echo "arch=$(uname',
    'echo "os=$(. /etc/os-release',
    'echo "kernel=$(uname',
    'echo "clock=$(date',
    'echo "cpus=$(nproc',
    'echo "tick=$(getconf',
    'echo "openssh=$(ssh',
    'echo "systemd=$(systemctl',
    'echo "version=$file=$(head',
    'echo "state=$(systemctl',
    'echo "run=$(systemctl',
    'echo "quota=$(systemctl',
    "printf 'c %s\\0' \"$(date",
    'say "H $(date',
  ],
  'without an answer it ends, or goes the way that is safe': [
    '[ "$(readlink "/proc/$$/cwd',
    '[ -n "$(find beat',
    'if [ -n "$old" ] && [ "$(readlink "/proc/$old/cwd',
    '[ "$(pwd',
    'can_list() { [ -n "$(facts',
    'case $(systemctl is-active',
    'command -v systemctl >/dev/null && [ "$(systemctl is-system-running',
    'case $(ssh',
    'for file in $(grep',
  ],
  'it is asked for again, and fewer bytes are only shown later': [
    'have=$(($(stat',
    'case $(od',
    'size=$((size - $(bytes',
    'say "S $1 $((from + size)) $(bytes',
  ],
};

/** Each line with a substitution whose status the shell drops. */
function lostStatuses(script: string): string[] {
  const lines = script.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return lines.filter((line) =>
    [...line.matchAll(/\$\((?!\()/g)].some(
      ({ index }) => !/(?:^|[\s({;])[A-Za-z_]\w*="?$/.test(line.slice(0, index)),
    ),
  );
}

const scripts = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.sh') && !NO_SCRIPTS.test(name),
);
const found = scripts.flatMap((name) =>
  lostStatuses(readFileSync(new URL(name, TEMPLATES), 'utf8')).map((line) => ({ name, line })),
);
const harmless = Object.values(HARMLESS).flat();

describe('the status of a program that a script asks', () => {
  it('is seen in every script for hosts', () => {
    expect(found.filter(({ line }) => !harmless.some((known) => line.includes(known)))).toEqual([]);
  });

  it('has no exception that nothing needs', () => {
    expect(harmless.filter((known) => !found.some(({ line }) => line.includes(known)))).toEqual([]);
  });

  it.each([
    '[ "$(stat a)" = b ]',
    'own "$1" "$(stat a)"',
    'case $(cat a) in',
    'a=$(id -u):$(id -g)',
    'echo "$(id)"',
  ])('is lost in %s', (script) => {
    expect(lostStatuses(script)).toHaveLength(1);
    expect(lostStatuses(`# ${script}`)).toEqual([]);
  });

  it.each(['a=$(id -u)', 'if a=$(id -u); then', 'a="$(id -u)"', 'f() { a=$(id); }', 'a=$((1 + 2))'])(
    'is seen in %s',
    (script) => {
      expect(lostStatuses(script)).toEqual([]);
    },
  );
});
