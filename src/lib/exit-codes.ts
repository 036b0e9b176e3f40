/** Exit codes of the process; design section 2. Scripts depend on them, so they never change meaning. */
export const ExitCode = {
  done: 0,
  finding: 1,
  usage: 2,
  refused: 3,
  failed: 4,
  unreachable: 5,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
