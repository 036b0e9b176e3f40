import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILT_PLACE = /(file:\/\/[^\s():]+\.js):(\d+):(\d+)/g;

/**
 * A stack with places in src/ instead of places in the build. Only a bug needs the source maps, so they are read here.
 * Node.js itself would have to load them when the program starts, which takes time.
 */
export function withSourcePlaces(stack: string): string {
  return stack.replace(BUILT_PLACE, (place: string, url: string, line: string, column: string) => {
    try {
      return sourcePlace(fileURLToPath(url), Number(line), Number(column)) ?? place;
    } catch {
      // There is no readable map beside it: the place in the build is the best that we know.
      return place;
    }
  });
}

/** Lines and columns are counted from 1. */
function sourcePlace(file: string, line: number, column: number): string | undefined {
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  const entry = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry)) return undefined;
  const folder = dirname(file);
  const source = relative(dirname(folder), resolve(folder, entry.originalSource));
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}
