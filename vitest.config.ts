import { defineConfig } from 'vitest/config'

// unit: the inner loop, seconds; binary: through the built command line; acceptance is not vitest's (scripts/acceptance.mjs).
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/binary/**'], testTimeout: 20_000 } },
      {
        test: {
          name: 'binary',
          include: ['test/binary/**/*.test.ts'],
          globalSetup: ['test/binary/setup.ts'],
          testTimeout: 120_000,
          maxWorkers: 2,
          // After the unit tests: it starts processes of its own and would compete with them.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
