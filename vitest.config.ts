import { defineConfig } from 'vitest/config'

/** A process takes one file of tests after the other and keeps the modules, and with them what one file composed and others look at too. */
const kept = { isolate: false, setupFiles: ['test/each-file.ts'], testTimeout: 60_000, hookTimeout: 120_000 }

// unit: the inner loop, seconds; emitted: what users receive, in every combination; binary: through the built command line;
// acceptance is not vitest's (scripts/acceptance.mjs).
export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...kept,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/binary/**', 'test/emitted/**'],
          globalSetup: ['test/leftovers.ts'],
        },
      },
      {
        test: {
          ...kept,
          name: 'emitted',
          include: ['test/emitted/**/*.test.ts'],
          globalSetup: ['test/leftovers.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...kept,
          name: 'binary',
          include: ['test/binary/**/*.test.ts'],
          globalSetup: ['test/leftovers.ts', 'test/binary/setup.ts'],
          testTimeout: 120_000,
          // After the others: it starts processes of its own and would compete with them.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
