import type { PlanStep } from '../planning/compiled-plan.ts';
import type { ExecutionState } from './execution-state.ts';

/** Writes a step's request body; `lists` are the representations of each batch, as JSON text. */
export type WriteBody = (state: ExecutionState, lists: readonly string[]) => string;

/** Compiles all of a request body that is the same in every request. `listNames` are the batches' variables. */
export function compileBody(step: PlanStep, listNames: readonly string[]): WriteBody {
  const name =
    step.operationName === undefined ? '' : `"operationName":${JSON.stringify(step.operationName)},`;
  const start = `{${name}"query":${JSON.stringify(step.query)}`;
  if (step.variables.length === 0 && listNames.length === 0) return () => `${start}}`;
  const variables = step.variables.map((variable) => ({
    variable,
    prefix: `${JSON.stringify(variable)}:`,
  }));
  const prefixes = listNames.map((listName) => `${JSON.stringify(listName)}:`);
  return (state, lists) => {
    let text = '';
    for (let index = 0; index < prefixes.length; index++)
      text += `${text === '' ? '' : ','}${prefixes[index]}[${lists[index]}]`;
    for (const { variable, prefix } of variables) {
      const value = state.variable(variable);
      if (value !== undefined) text += (text === '' ? prefix : `,${prefix}`) + JSON.stringify(value);
    }
    return `${start},"variables":{${text}}}`;
  };
}
