import { fileURLToPath } from 'node:url';

/**
 * The path of a file of the package, such as `templates/logs/grep.sh`. This is the only place that asks where the code lies:
 * right below the package, in src/ as it was written and in dist/, which has no folders, as it was built.
 */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
