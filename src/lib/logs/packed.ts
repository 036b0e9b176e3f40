/** Programs that unpack rotated logs, by file suffix; templates/logs/grep.sh has the same list. */
const PACKERS: ReadonlyMap<string, string> = new Map([
  ['gz', 'gzip'],
  ['Z', 'gzip'],
  ['zip', 'gzip'],
  ['xz', 'xz'],
  ['bz2', 'bzip2'],
  ['zst', 'zstd'],
  ['lz4', 'lz4'],
]);
const END = new RegExp(String.raw`\.(${[...PACKERS.keys()].join('|')})$`);

/** The program that unpacks a file; undefined: it is not packed. */
export function packerOf(path: string): string | undefined {
  return PACKERS.get(END.exec(path)?.[1] ?? '');
}

/** `app.log.2` of `app.log.2.gz` */
export function unpackedName(path: string): string {
  return path.replace(END, '');
}
