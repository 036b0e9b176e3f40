import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

// What hosts run must hold whatever files, hosts and accounts are called. shellcheck finds what is not quoted
// (test/shellcheck.mjs); this finds what is code made of text, and names that are taken apart.
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const RULES: readonly (readonly [string, RegExp])[] = [
  ['eval', /(?:^|[\s;&|({`"'])eval(?:\s|$)/m],
  ['a list of ls', /(?:\$\(|`|\bin )\s*ls\b|\bls\b[^\n;&]*\|/],
  ['a script in a variable', /\bsh -c (?:"\$|\$)/],
  // A function of that name would run where the program is meant.
  [
    'a function named as a program',
    /^\s*(?:cat|cp|cut|date|dd|env|grep|head|id|kill|mv|od|rm|sed|sort|stat|tail|tar|tr|wc)\(\)/m,
  ],
  ['a loop over the output of find', /\bin \$\(find\b|\bfind\b[^\n;&]*\|\s*while read\b/],
];

function faultsOf(script: string): string[] {
  const code = script.replaceAll(/(^|\s)#.*$/gm, '$1');
  return RULES.flatMap(([name, rule]) => (rule.test(code) ? [name] : []));
}

function filesBelow(folder: string, extension: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(extension)).map((name) => join(folder, name));
}

/** Every piece of text in a source, with `$` for what is put into it. */
function textsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  // Parsing all sources would take seconds.
  if (!/\b(?:eval|ls|sh -c|find|set|exec|then|done|shift|trap|umask)\b|#!\/bin|\$[0-9@#*(]/.test(text))
    return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node))
      texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('$'));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** What only a shell reads. */
const SHELL =
  /^#!\/bin\/|\$[0-9@#*]|\$\(|^\s*(?:set -|exec \S|shift\b|trap |umask |export \w+=|if .*; then|for .*; do|while .*; do)/m;

function isScript(text: string): boolean {
  return text.trim().includes('\n') && SHELL.test(text);
}

/** Scripts that are taken in by others, and those that hosts are given by a plan or run at their making. */
const NO_SCRIPTS = /^(?:init|lab\/image|lab\/roles)\//;

describe('scripts for hosts', () => {
  it('lie in templates/, those of more than a line', () => {
    const sources = filesBelow('src', '.ts');
    const found = sources.filter((file) => textsOf(file).some(isScript));
    expect(found).toEqual([]);
  }, 60_000);

  it('are run by unit tests, each by its name', () => {
    const scripts = filesBelow('templates', '.sh').map((file) =>
      file.slice('templates/'.length, -'.sh'.length),
    );
    const texts = scripts.map((name) => readFileSync(join(ROOT, `templates/${name}.sh`), 'utf8'));
    const isPart = (name: string) => texts.some((text) => text.includes(`. ./${name.split('/')[1]}.sh`));
    const tests = ['test/unit', 'test/support']
      .flatMap((folder) => filesBelow(folder, '.ts'))
      .map((file) => readFileSync(join(ROOT, file), 'utf8'));
    const untested = scripts
      .filter((name) => !NO_SCRIPTS.test(name) && !isPart(name))
      .filter((name) => !tests.some((text) => text.includes(`'${name}'`)));
    expect(untested).toEqual([]);
  });

  it.each(['set -eu\ncat "$1"', '#!/bin/sh\ntrue', 'for a in b; do\n  true\ndone', 'id\necho $(id)'])(
    'are known by what a shell alone reads: %j',
    (text) => {
      expect(isScript(text)).toBe(true);
      expect(isScript(text.replaceAll('\n', ' '))).toBe(false);
    },
  );

  it('make no code of text, and take no names apart', () => {
    const scripts = filesBelow('templates', '.sh');
    expect(scripts.length).toBeGreaterThan(8);
    const faults = scripts.map((file) => [file, ...faultsOf(readFileSync(join(ROOT, file), 'utf8'))]);
    expect(faults.filter(({ length }) => length > 1)).toEqual([]);
  });

  it('in the sources neither', () => {
    // The transport itself brings our script to the host as text.
    const sources = filesBelow('src', '.ts').filter((file) => file !== 'src/lib/ssh/remote-line.ts');
    const faults = sources.map((file) => [file, ...textsOf(file).flatMap(faultsOf)]);
    expect(faults.filter(({ length }) => length > 1)).toEqual([]);
  }, 60_000);

  it.each([
    ['eval "at_$1=\\$at"', 'eval'],
    ['x=1; eval "$y"', 'eval'],
    ['for f in $(ls /a); do', 'a list of ls'],
    ['ls -t /a | head -1', 'a list of ls'],
    ['sh -c "$command"', 'a script in a variable'],
    ['find /a | while read f; do', 'a loop over the output of find'],
    ['head() {', 'a function named as a program'],
  ])('are told apart: %s', (script, fault) => {
    expect(faultsOf(script)).toContain(fault);
    expect(faultsOf(`# ${script}`)).toEqual([]);
  });
});
