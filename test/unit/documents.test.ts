import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SECURITY = 'docs/security.md';
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs').map((name) => join('docs', name)),
];

interface Link {
  /** From the root of the repository. */
  readonly path: string;
  /** What a pointer on the link shows: `[text](path "title")`. */
  readonly title: string | undefined;
}

function linksIn(markdown: string, document: string): readonly Link[] {
  const links = [...markdown.matchAll(/\]\(([^)\s]+)(?:\s+"((?:[^"\\]|\\.)*)")?\)/g)];
  return links
    .filter(([, target = '']) => !/^https?:/.test(target))
    .map(([, target = '', title]) => ({
      path: join(dirname(document), target.split('#')[0] ?? ''),
      title: title?.replaceAll(/\\(.)/g, '$1'),
    }));
}

function linksOf(document: string): readonly Link[] {
  return linksIn(readFileSync(document, 'utf8'), document);
}

describe('documents', () => {
  it.each(DOCUMENTS)('%s links to files that are there', (document) => {
    expect(linksOf(document).filter(({ path }) => !existsSync(path))).toEqual([]);
  });

  it('are all reached from the README', () => {
    const reached = linksOf('README.md').map(({ path }) => path);
    expect(reached).toEqual(expect.arrayContaining(DOCUMENTS.filter((name) => name !== 'README.md')));
  });
});

/** List items, each as one text. */
function itemsOf(document: string): readonly string[] {
  return readFileSync(document, 'utf8')
    .split(/\n(?=- |\n|#)/)
    .filter((block) => block.startsWith('- '));
}

/** Whether a file has a test, or a table of tests, of this title. */
function hasTest({ path, title }: Link): boolean {
  if (title === undefined || title === '' || !existsSync(path)) return false;
  const source = readFileSync(path, 'utf8').replaceAll(/\\(['"`])/g, '$1');
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((literal) => source.includes(literal));
}

describe('what is said about security', () => {
  it('has a test for each sentence of the lists', () => {
    const untested = itemsOf(SECURITY).filter((item) =>
      linksIn(item, SECURITY).every((link) => !hasTest(link)),
    );
    expect(untested).toEqual([]);
    expect(itemsOf(SECURITY).length).toBeGreaterThan(20);
  });

  it('names tests that are there', () => {
    const tests = linksOf(SECURITY).filter(({ path }) => path.startsWith('test/'));
    expect(tests.filter((link) => !hasTest(link))).toEqual([]);
  });
});
