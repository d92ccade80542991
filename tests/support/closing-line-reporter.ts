import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Lines of a failure's message, stack and difference that are told once more at the end. */
const TOLD_LINES = 20;

interface TestError {
  readonly message: string;
  readonly stack?: string;
  readonly diff?: string;
}

interface Failure {
  readonly name: string;
  readonly errors: readonly TestError[];
}

/**
 * Ends the output of `npm test` with what failed, what was skipped and why (a line a reason and file), and a line of its
 * own, `N passed, N failed` and, where tests were skipped, `, N skipped`. Whoever sees the end of a log alone sees what
 * failed.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const failures: Failure[] = [];
    const skipped = new Map<string, string[]>();
    for (const module of modules) {
      const file = path.relative(process.cwd(), module.moduleId);
      // What fails outside of a test (loading the file, a hook) fails no test, and is no success.
      const outside = [
        ...module.errors(),
        ...[...module.children.allSuites()].flatMap((suite) => suite.errors()),
      ];
      if (outside.length > 0) {
        counts.failed += 1;
        failures.push({ name: `${file} (outside of a test)`, errors: outside });
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        counts[result.state] += 1;
        if (result.state === 'failed') {
          failures.push({ name: `${file} > ${test.fullName}`, errors: result.errors });
        } else if (result.state === 'skipped') {
          const reason = `${file}: ${result.note ?? 'switched off in the test file'}`;
          skipped.set(reason, [...(skipped.get(reason) ?? []), test.fullName]);
        }
      }
    }
    if (unhandledErrors.length > 0) {
      counts.failed += 1;
      failures.push({ name: 'outside of every test', errors: unhandledErrors });
    }
    for (const [reason, names] of skipped) {
      console.log(
        names.length === 1
          ? `skipped: ${names[0]} (${reason})`
          : `skipped: ${names.length} tests of ${reason}`,
      );
    }
    for (const { name, errors } of failures) {
      console.log(`failed: ${name}`);
      for (const error of errors) {
        for (const line of tellError(error)) console.log(`    ${line}`);
      }
    }
    const skippedCount = counts.skipped + counts.pending;
    const tail = skippedCount > 0 ? `, ${skippedCount} skipped` : '';
    console.log(`${counts.passed} passed, ${counts.failed} failed${tail}`);
  }
}

/** The message, where in our own code it arose, and how what came differs from what was expected. */
function tellError({ message, stack = message, diff = '' }: TestError): string[] {
  const own = stack.split('\n').filter((line) => !/^\s+at .*(node_modules|node:)/.test(line));
  return stripVTControlCharacters([...own, diff].join('\n').trimEnd())
    .split('\n')
    .slice(0, TOLD_LINES);
}
