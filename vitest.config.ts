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
    // What is waited for comes at once or never: these say when a test hangs, and a slow machine must not reach them.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    pool: 'forks',
  },
});
