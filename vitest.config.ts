import { defineConfig } from 'vitest/config'

/** How long a condition is waited for: generous, since it only ends tests that would never end. The default is a second. */
const patience = { poll: { timeout: 25_000 } }

// Unit tests sit beside the code they test; black-box tests of the real CLI sit in test/.
// Projects, so that `just check` can run the first alone, and `just test` needs no browser: `just test-page` does.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'lakehouse/**/*.test.ts', 'scripts/**/*.test.ts'],
          testTimeout: 30_000,
          expect: patience,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'blackbox',
          include: ['test/**/*.test.ts'],
          exclude: ['test/page/**'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
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
          testTimeout: 120_000,
          hookTimeout: 60_000,
          expect: patience,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
