/** Budgets that cannot be checked, or that were passed. The message is for people. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}
