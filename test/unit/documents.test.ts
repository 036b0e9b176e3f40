import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => join('docs', name))];

function linksIn(document: string): string[] {
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(
    ([, target = '']) => target,
  );
  return links.filter((target) => !/^https?:/.test(target));
}

describe('documents', () => {
  it.each(DOCUMENTS)('%s links to files that are there', (document) => {
    const missing = linksIn(document).filter((target) => {
      const [path = ''] = target.split('#');
      return !existsSync(join(dirname(document), path));
    });
    expect(missing).toEqual([]);
  });

  it('are all reached from the README', () => {
    const pages = readdirSync('docs').map((name) => `docs/${name}`);
    expect(linksIn('README.md')).toEqual(expect.arrayContaining(pages));
  });
});
