/** An error as `--json` prints it; schemas/error.schema.json. */
export function errorDocument({
  exitCode,
  message,
  hint,
}: {
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
}): object {
  return { kind: 'kuafu.error', version: 1, exitCode, message, hint: hint ?? null };
}
