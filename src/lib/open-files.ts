import { FailedError, type KuafuError } from './errors.js';

/**
 * The error of somebody who may open no more files, as a sentence; undefined for another one. Whoever asks has loaded this
 * before: nothing more can be loaded then.
 */
export function tooManyFiles(error: unknown): KuafuError | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENFILE')
    return new FailedError(
      'this machine has as many files open as it can (fs.file-max)',
      'sysctl fs.file-nr',
    );
  if (code !== 'EMFILE') return undefined;
  const limit = softLimit();
  return new FailedError(
    `more files have to be open at once than the limit of this process allows (ulimit -n${limit === undefined ? '' : ` is ${limit}`})`,
    'type: ulimit -n 1024; or give LimitNOFILE=1024 to the service that runs it; with fewer --forks less is needed',
  );
}

/** getrlimit(2), which opens no file. */
function softLimit(): string | undefined {
  try {
    const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
    return String(report.userLimits?.open_files?.soft ?? '') || undefined;
  } catch {
    return undefined;
  }
}
