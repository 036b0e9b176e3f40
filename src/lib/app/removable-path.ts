import { posix } from 'node:path';

/** Folders of the system itself, two levels deep; those of one level never pass. */
const SYSTEM_FOLDER =
  /^\/(usr|usr\/local|var|etc|run|srv|home)\/(bin|sbin|lib|lib32|lib64|libexec|share|local|log|cache|spool|tmp|etc|systemd|ssh|ssl|apt|default|init\.d|cron\.d|lock|user)$/;

/** Whether a path of a plan may be removed from a host: absolute, without `..`, and no folder of the system. */
export function isRemovable(path: string): boolean {
  if (!path.startsWith('/') || posix.normalize(path) !== path || path.endsWith('/')) return false;
  if (path.split('/').length < 3) return false;
  return !SYSTEM_FOLDER.test(path) && path !== '/etc/systemd/system';
}
