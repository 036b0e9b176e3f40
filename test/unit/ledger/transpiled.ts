import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What the ledger is made of, relative to src/lib; more would only take longer. */
const NEEDED = /^((ledger|record|names|own-files|plan)[/\\])?[^/\\]+\.ts$/;

/**
 * The ledger's sources as JavaScript, for processes that a test starts: a unit test neither waits for a build nor trusts an old
 * one. Below node_modules, so that packages are found from there.
 */
export async function transpileLedger(): Promise<{ path: string; remove: () => Promise<void> }> {
  const cache = join(ROOT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const path = await mkdtemp(join(cache, 'kuafu-test-'));
  await writeFile(join(path, 'package.json'), '{"type":"module"}');
  const files = await readdir(join(ROOT, 'src', 'lib'), { recursive: true });
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
  };
  await Promise.all(
    files
      .filter((file) => NEEDED.test(file))
      .map(async (file) => {
        const source = await readFile(join(ROOT, 'src', 'lib', file), 'utf8');
        const target = join(path, file.replace(/\.ts$/, '.js'));
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, ts.transpileModule(source, { compilerOptions }).outputText);
      }),
  );
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
