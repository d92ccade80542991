import { describe } from 'vitest';

import { describeAggregation } from './aggregation.ts';
import { describeCollections } from './collections.ts';
import { type Connect, openContract } from './contract-context.ts';
import { describeExpressions } from './expressions.ts';
import { describeGrouping } from './grouping.ts';
import { describeIndexes } from './indexes.ts';
import { describeJoins } from './joins.ts';
import { describeProtocol } from './protocol.ts';
import { describeQueries } from './queries.ts';
import { describeTextSearch } from './text-search.ts';
import { describeTransactions } from './transactions.ts';
import { describeUpdates } from './updates.ts';
import { describeValues } from './values.ts';

/**
 * What this project relies on in MongoDB, through the official driver. It asserts MongoDB's documented behaviour and
 * runs on whatever it is given; `connect` may give a reason to skip instead.
 */
export function describeMongoContract(name: string, connect: Connect): void {
  describe(name, () => {
    const context = openContract(connect);
    describeValues(context);
    describeQueries(context);
    describeUpdates(context);
    describeAggregation(context);
    describeGrouping(context);
    describeJoins(context);
    describeExpressions(context);
    describeCollections(context);
    describeIndexes(context);
    describeTextSearch(context);
    describeTransactions(context);
    describeProtocol(context);
  });
}
