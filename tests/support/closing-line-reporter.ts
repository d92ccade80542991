import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output of `npm test` with `N passed, N failed` and, where tests were skipped, `, N skipped` and why. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const reasons = new Set<string>();
    for (const module of modules) {
      // What fails outside of a test (loading the file, a hook) fails no test, and is no success.
      if (
        module.errors().length > 0 ||
        [...module.children.allSuites()].some((suite) => suite.errors().length > 0)
      ) {
        counts.failed += 1;
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        counts[result.state] += 1;
        if (result.state === 'skipped') {
          reasons.add(`${test.fullName}: ${result.note ?? 'switched off in the test file'}`);
        }
      }
    }
    for (const reason of reasons) console.log(`skipped: ${reason}`);
    const skipped = counts.skipped + counts.pending;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    console.log(`${counts.passed} passed, ${counts.failed} failed${tail}`);
  }
}
