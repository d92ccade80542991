import type { StatementLimit } from './statements/limit-statements.ts';

// Apart from what uses them, so that the command line can show them without loading a service.

/** The defaults of `DatabaseSettings`. */
export const databaseDefaults = { connectionsMax: 10, connectionWaitMs: 5_000, statementMs: 30_000 };

/** Off: what an operation needs is known by its budget. */
export const statementLimitDefaults: StatementLimit = { statementsMax: 0, statementsOver: 'warn' };

/** The default of `slowStatementMs`. */
export const slowStatementMsDefault = 1_000;
