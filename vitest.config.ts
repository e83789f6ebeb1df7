import { defineConfig } from 'vitest/config'

/** How long a condition is waited for: generous, since it only ends tests that would never end. The default is a second. */
const patience = { poll: { timeout: 100_000 } }

// No test is to be quick: this only ends one that would hang for ever, also where ten processes want each core.
const HANGS_AFTER_MS = 240_000

// Unit tests sit beside the code they test; black-box tests of the real CLI sit in test/.
// Projects, so that `just check` can run the first alone, and `just test` needs no browser: `just test-page` does.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'lakehouse/**/*.test.ts', 'scripts/**/*.test.ts'],
          testTimeout: HANGS_AFTER_MS,
          hookTimeout: HANGS_AFTER_MS,
          expect: patience,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'blackbox',
          include: ['test/**/*.test.ts'],
          exclude: ['test/page/**'],
          testTimeout: HANGS_AFTER_MS,
          hookTimeout: HANGS_AFTER_MS,
          expect: patience,
          // Each test boots real processes; two files at a time is what two cores carry.
          maxWorkers: 2,
          // After the unit tests, not beside them: both together are more than two cores carry.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          testTimeout: HANGS_AFTER_MS,
          hookTimeout: HANGS_AFTER_MS,
          expect: patience,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
