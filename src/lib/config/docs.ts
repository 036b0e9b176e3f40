import { readFile } from 'node:fs/promises';
import { packageFile } from '../../package-file.js';
import { UsageError } from '../errors.js';
import { didYouMean } from '../names/suggest.js';

/** The annotated reference. */
export const EXAMPLE_FILE = packageFile('kuafu.config.example.yaml');

/**
 * The annotated example, or one of its sections (`ssh`, `rooms`, …) with the comment above it.
 *
 * @throws UsageError for an unknown section
 */
export async function configDocs(section?: string): Promise<string> {
  const text = await readFile(EXAMPLE_FILE, 'utf8');
  if (section === undefined) return text.trimEnd();
  const sections = sectionsOf(text);
  const found = sections.get(section);
  if (found !== undefined) return found;
  const known = [...sections.keys()];
  throw new UsageError(
    `the configuration has no section ${section}${didYouMean(section, known)}`,
    `Sections: ${known.join(', ')}.`,
  );
}

/**
 * A section is a key at the left edge, commented out (`#key:`) or not, with everything below it and the comments right above it.
 */
export function sectionsOf(text: string): Map<string, string> {
  const sections = new Map<string, string>();
  for (const block of text.split(/\n\n+/)) {
    const name = /^#?([a-z]\w*):/m.exec(block)?.[1];
    if (name !== undefined) sections.set(name, block.trimEnd());
  }
  return sections;
}
