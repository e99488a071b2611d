import { defineConfig } from 'vitest/config'

// unit: the inner loop, seconds; emitted: what users receive, in every combination; binary: through the built command line;
// acceptance is not vitest's (scripts/acceptance.mjs).
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/binary/**', 'test/emitted/**'],
          globalSetup: ['test/leftovers.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'emitted',
          include: ['test/emitted/**/*.test.ts'],
          globalSetup: ['test/leftovers.ts'],
          testTimeout: 20_000,
          // One set of modules for all files of a worker: a platform that one of them composed is there for the others.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'binary',
          include: ['test/binary/**/*.test.ts'],
          globalSetup: ['test/binary/setup.ts'],
          testTimeout: 120_000,
          maxWorkers: 2,
          // After the others: it starts processes of its own and would compete with them.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
