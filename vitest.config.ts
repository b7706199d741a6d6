import { defineConfig } from 'vitest/config'
import { TableReporter } from './test/conformance/table-reporter.ts'
import { laneCount } from './test/support/lanes.ts'

/** Folders whose tests need a Temporal server; the others start without one. */
const withTemporal = ['activities', 'workflows', 'worker', 'client', 'cli', 'embedded', 'e2e', 'replay', 'chaos', 'figures']
const patterns = withTemporal.map((folder) => `test/${folder}/**/*.test.ts`)
/** What measures rates runs alone, at the end. */
const measured = ['test/e2e/flow.test.ts', 'test/bench/**/*.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: laneCount,
    testTimeout: 180_000,
    hookTimeout: 600_000,
    teardownTimeout: 20_000,
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', new TableReporter()],
    projects: [
      { extends: true, test: { name: 'plain', include: ['test/**/*.test.ts'], exclude: [...patterns, ...measured] } },
      { extends: true, test: { name: 'temporal', include: patterns, exclude: measured, globalSetup: ['test/support/global-setup.ts'] } },
      { extends: true, test: { name: 'measured', include: measured, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
