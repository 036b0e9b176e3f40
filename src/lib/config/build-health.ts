import type { HttpCheck } from './config-types.js';
import { expandHome } from './folders.js';
import type { HttpCheckShape } from './schema-health.js';

/** What a check asks, of a host or of an entry. */
export function buildHttpCheck(
  { http, status, host, ca, insecure, timeout }: HttpCheckShape,
  home: string,
): HttpCheck {
  return {
    http,
    status,
    ...(host === undefined ? {} : { host }),
    ...(ca === undefined ? {} : { ca: expandHome(ca, home) }),
    ...(insecure ? { insecure } : {}),
    timeoutMs: timeout,
  };
}
