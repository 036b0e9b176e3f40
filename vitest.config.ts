import { defineConfig } from 'vitest/config';

// A test ends by itself; a timeout is for one that hangs, also on a machine with much other work.
// unit: our own logic, no network. cli: spawns the built binary. contract and lab: real hosts, run by test/run.mjs
// inside the control host's network namespace of a lab. machine: makes and removes labs, so it runs on the machine itself.
export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        test: { name: 'cli', include: ['test/cli/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        test: {
          name: 'lab',
          globalSetup: 'test/support/odd-lab.ts',
          include: ['test/contract/**/*.test.ts', 'test/lab/**/*.test.ts', 'test/roles/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'machine',
          include: ['test/machine/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
