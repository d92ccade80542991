import { BSONRegExp } from 'bson';
import { CommandError } from '../command-error.ts';

function flagsOf(options: string): string {
  let flags = '';
  for (const option of options) {
    if ('ims'.includes(option)) flags += flags.includes(option) ? '' : option;
    else if (option === 'x') {
      throw new CommandError(
        'NotImplemented',
        'The regular expression option x is not supported by the development server',
      );
    } else if (option !== 'u') {
      throw new CommandError('Location51108', `invalid flag in regex options: ${option}`);
    }
  }
  return flags;
}

function build(pattern: string, flags: string): RegExp {
  // An option group at the start is the one form of PCRE's inline options that is in common use.
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const source = inline === null ? pattern : pattern.slice(inline[0].length);
  const all = [...new Set(flags + (inline?.[1] ?? ''))].join('');
  try {
    return new RegExp(source, `${all}u`);
  } catch {
    // Escapes such as \- are fine in PCRE and outside of JavaScript's Unicode mode.
    try {
      return new RegExp(source, all);
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      throw new CommandError('Location51091', `Regular expression is invalid: ${reason}`);
    }
  }
}

/** The JavaScript form of a regular expression given as a string, BSON or JavaScript one. */
export function compileRegex(operand: unknown, options?: unknown): RegExp {
  if (options !== undefined && typeof options !== 'string') {
    throw new CommandError('BadValue', '$options has to be a string');
  }
  if (typeof operand === 'string') return build(operand, flagsOf(options ?? ''));
  if (operand instanceof BSONRegExp) {
    if (options !== undefined && operand.options !== '') {
      throw new CommandError('Location51075', 'options set in both $regex and $options');
    }
    return build(operand.pattern, flagsOf(options ?? operand.options));
  }
  if (operand instanceof RegExp) return build(operand.source, flagsOf(options ?? operand.flags));
  throw new CommandError('BadValue', '$regex has to be a string');
}
