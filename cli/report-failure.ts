// Errors that were written for people, by the name that their classes give them. By name and not by class, so that
// a command that needs no database does not load one to report its failure.
const expectedErrors = new Set([
  'BudgetError',
  'ConfigError',
  'DatabaseError',
  'ExplainError',
  'MigrationError',
  'ProjectError',
  'SupergraphError',
  'StartError',
]);

/** Prints why a command failed: an expected failure by its message alone, anything else with its stack. */
export function reportFailure(error: unknown): void {
  if (error instanceof Error && expectedErrors.has(error.name)) console.error(`freehold: ${error.message}`);
  else console.error('freehold: unexpected failure:', error);
}
