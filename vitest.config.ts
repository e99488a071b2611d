import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest begins first, so that at the end no processor waits for another. So does what starts git often: to
 * start a process costs the more, the more memory the one that starts it has, and that grows from file to file.
 */
const FIRST =
  /\/(emitted\/wired|binary\/models|run\/(?!platform|recall)[\w-]+|workspace\/[\w-]+|cli\/(review|status-memory|diff))\.test\.ts$/

class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isFirst = ({ moduleId }: TestSpecification) => FIRST.test(moduleId)
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))]
  }
}

/** A process takes one file of tests after the other and keeps the modules, and with them what one file composed and others look at too. */
const kept = { isolate: false, setupFiles: ['test/each-file.ts'], testTimeout: 60_000, hookTimeout: 120_000 }

// unit: the inner loop, seconds; emitted: what users receive, in every combination; binary: through the built command line;
// acceptance: what takes a minute each; scripts/acceptance.mjs runs them among its cases.
export default defineConfig({
  test: {
    maxWorkers: '100%',
    sequence: { sequencer: Sequencer },
    projects: [
      {
        test: {
          ...kept,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/binary/**', 'test/emitted/**', 'test/acceptance/**'],
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
          name: 'acceptance',
          include: ['test/acceptance/**/*.test.ts'],
          globalSetup: ['test/leftovers.ts'],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          ...kept,
          name: 'binary',
          include: ['test/binary/**/*.test.ts'],
          globalSetup: ['test/leftovers.ts', 'test/binary/setup.ts'],
          testTimeout: 120_000,
          // Each starts processes of its own, and half a dozen keep two processors busy.
          maxConcurrency: 3,
          // After the others: it starts processes of its own and would compete with them.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
