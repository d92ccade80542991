import type { RootStep } from '../planning/compiled-plan.ts';
import { collectEntities } from './collect-entities.ts';
import { mergeData } from './merge.ts';
import { renameKeys, renamePath } from './rename-keys.ts';
import { reportError, reportFailure } from './report-errors.ts';
import { compileBody } from './request-body.ts';
import type { RunnableStep } from './run-plan.ts';
import type { ErrorPlace } from './service-error.ts';

/** Compiles a step that asks for root fields. */
export function compileRootStep(step: RootStep): RunnableStep {
  const allPlaces = listPlaces(step);
  return {
    step,
    writeBody: compileBody(step, []),
    prepare(state) {
      const targets =
        step.path.length === 0 ? [state.data] : collectEntities(state.data, step.path, state.facts.hasShared);
      if (targets.length === 0) return undefined;
      return {
        lists: [],
        count: null,
        apply({ data, errors }) {
          if (data !== undefined) {
            renameKeys(data, step.renames);
            if (targets.length > 1) state.facts.hasShared = true;
            for (const target of targets) mergeData(target, data);
          } else state.lost.push(...allPlaces);
          for (const report of errors)
            reportError(
              state,
              step.service,
              report,
              report.path === undefined || step.path.includes('@')
                ? allPlaces
                : [{ path: [...step.path, ...renamePath(report.path, step.renames)], fields: [] }],
            );
        },
        fail: (failure) => reportFailure(state, step.service, failure, allPlaces),
      };
    },
  };
}

/** Each root field of the step; inside of lists, the list. */
function listPlaces({ path, rootKeys }: RootStep): readonly ErrorPlace[] {
  const list = path.indexOf('@');
  if (list >= 0) return [{ path: path.slice(0, list), fields: [] }];
  return rootKeys.map((key) => ({ path: [...path, key], fields: [] }));
}
