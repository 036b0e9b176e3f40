import { LocalError } from './errors.js';

/**
 * The sentence for an error that says no more files can be opened; undefined for any other error. The caller must have
 * loaded this module before: afterwards nothing more can be loaded.
 */
export function tooManyFiles(error: unknown): LocalError | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENFILE')
    return new LocalError('this machine has as many files open as it can (fs.file-max)', 'sysctl fs.file-nr');
  if (code !== 'EMFILE') return undefined;
  const limit = softLimit();
  return new LocalError(
    `more files have to be open at once than the limit of this process allows (ulimit -n${limit === undefined ? '' : ` is ${limit}`})`,
    'type: ulimit -n 1024; or give LimitNOFILE=1024 to the service that runs it; with fewer --forks less is needed',
  );
}

/** getrlimit(2), which needs no open file. */
function softLimit(): string | undefined {
  try {
    const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
    return String(report.userLimits?.open_files?.soft ?? '') || undefined;
  } catch {
    return undefined;
  }
}
