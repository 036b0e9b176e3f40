import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A command line of kuafu in a text of the sources. */
export interface Suggested {
  /** `src/lib/clean/clean-plan.ts:97`; as it stands in names of tests. */
  readonly at: string;
  /** From `kuafu` on, up to where a sentence may end or go on; with names in the places of values. */
  readonly line: string;
  /** In a sentence of a help text, where a command is also called by its name: `as kuafu restart does`. */
  readonly isName: boolean;
}

/** All of the sources, in the order of files and lines. */
export function suggestedInSources(): Suggested[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => suggestedInSource(join('src', name), readFileSync(join('src', name), 'utf8')));
}

export function suggestedInSource(file: string, source: string): Suggested[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const isDefinition = source.includes('.command(');
  const found: Suggested[] = [];
  const visit = (node: ts.Node): void => {
    if (isNoText(node)) return;
    const text = textOf(node);
    if (text !== undefined) {
      const at = `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      found.push(...linesIn(text, isDefinition).map((line) => ({ at, ...line })));
    }
    ts.forEachChild(node, text === undefined ? visit : visitCalls);
  };
  // What is worked out inside of a text has texts of its own.
  const visitCalls = (node: ts.Node): void =>
    ts.isCallExpression(node) ? visit(node) : ts.forEachChild(node, visitCalls);
  visit(tree);
  return found;
}

/** Imports and keys; also names of commands, to which the sources add flags or that were interrupted. */
function isNoText(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return true;
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  return ts.isCallExpression(parent) && TAKE_NAMES.includes(parent.expression.getText());
}

const TAKE_NAMES: readonly string[] = ['whilePlanning', 'commandLine'];

/** A text as somebody may read it; undefined for anything else than literals, templates and their sums. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce(
      (text, { expression, literal }) => text + (textOf(expression) ?? sampleOf(expression)) + literal.text,
      node.head.text,
    );
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** A value as it may stand in the place of an expression, by the words of that. */
function sampleOf(expression: ts.Expression): string {
  if (ts.isConditionalExpression(expression))
    return textOf(expression.whenTrue) || (textOf(expression.whenFalse) ?? SAMPLE);
  const name = expression.getText();
  return SAMPLES.find(([pattern]) => pattern.test(name))?.[1] ?? SAMPLE;
}

/** A value that stands for the name of a command. */
export const ANY_COMMAND = 'COMMAND';

const SAMPLE = 'web-b-01';
const SAMPLES: readonly (readonly [RegExp, string])[] = [
  [/words\.join/, 'go'],
  [/\b(?:max|count)/i, '4'],
  [/\bid\b|operation/i, 'k3f9'],
  [/command\.name|\bverb\b/, ANY_COMMAND],
];

/** Up to a mark that ends it, two spaces before a comment, or the end of the line; a backslash goes on. */
function linesIn(text: string, isDefinition: boolean): Omit<Suggested, 'at'>[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) =>
      [...line.matchAll(LINE)].map(({ 0: found, index }) => ({
        line: found,
        isName: isDefinition && !/^\s{2,}$/.test(line.slice(0, index)),
      })),
    );
}

const LINE =
  /(?<![\w./-])kuafu (?=[a-z-]|COMMAND).*?(?=\s*$|\s{2}|[;,)]{1,2}(?:\s|$)|"[,.]|: |[.?](?:\s|$)| && )/g;
