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
  if (!/\b(?:eval|ls|sh -c|find)\b/.test(text)) return [];
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

describe('scripts for hosts', () => {
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
