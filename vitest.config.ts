import path from 'node:path';

import { defineConfig } from 'vitest/config';

// One list of tests: a unit test stands beside its source, what crosses folders stands in tests/.
// The closing-line reporter comes last, because `npm test` must end with its line.
export default defineConfig({
  resolve: {
    // Vite would take graphql's ES module, Node takes its CommonJS one, and schemas of one are strangers to the other.
    alias: [{ find: /^graphql$/, replacement: path.resolve('node_modules/graphql/index.js') }],
  },
  test: {
    include: ['{gateway,databases,subgraphs,telemetry,prisma,cli,checks,tests,benchmarks}/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    reporters: ['default', './tests/support/closing-line-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // What is polled for is to come, and nobody cares when: vitest's own limit of a second is less than a busy machine may stand still.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    pool: 'forks',
  },
});
