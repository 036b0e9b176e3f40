import { fileURLToPath } from 'node:url';

/**
 * The path of a file of the package, such as `templates/logs/grep.sh`. Only this file knows where the code lies: directly
 * below the package, in src/ as written, and in dist/ as built, which has no folders.
 */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
