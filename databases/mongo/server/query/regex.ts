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

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  word: String.raw`\w`,
  xdigit: '0-9A-Fa-f',
  space: String.raw`\t-\r\x20`,
  blank: String.raw`\t\x20`,
  cntrl: String.raw`\x00-\x1f\x7f`,
  punct: String.raw`!-\/:-@\[-\x60{-~`,
};

const TEXT_END = String.raw`(?![\s\S])`;
const LAST_LINE_END = String.raw`(?=\n?${TEXT_END})`;
// What PCRE understands and JavaScript takes for a letter.
const ESCAPES: Readonly<Record<string, string>> = {
  [String.raw`\A`]: String.raw`(?<![\s\S])`,
  [String.raw`\z`]: TEXT_END,
  [String.raw`\Z`]: LAST_LINE_END,
  [String.raw`\h`]: String.raw`[\t\x20]`,
};
const POSIX_CLASS = /\[:(\^?)([a-z]+):\]/g;
// A quotation, an escape, a class in brackets (with classes by name in it), or one of the characters that differ.
const TOKEN = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?[a-z]+:\]|[^\]\\])*\]|[.$]/g;

/** A pattern of PCRE in JavaScript's words, where these two differ without an error. */
function translate(pattern: string, flags: string): string {
  return pattern.replace(TOKEN, (token) => {
    if (token.startsWith(String.raw`\Q`))
      return token.replace(/^\\Q|\\E$/g, '').replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    if (token.startsWith('[')) return token.replace(POSIX_CLASS, namedClass);
    if (token === '.') return flags.includes('s') ? token : String.raw`[^\n]`;
    if (token === '$') return flags.includes('m') ? String.raw`(?=\n|${TEXT_END})` : LAST_LINE_END;
    return ESCAPES[token] ?? token;
  });
}

function namedClass(all: string, negation: string, name: string): string {
  const members = CLASSES[name];
  if (members === undefined) {
    throw new CommandError('Location51091', `Regular expression is invalid: unknown POSIX class name ${all}`);
  }
  if (negation === '') return members;
  // Only these have a word for everything else that may stand within brackets.
  const other = { digit: String.raw`\D`, word: String.raw`\W`, space: String.raw`\S` }[name];
  if (other !== undefined) return other;
  throw new CommandError(
    'NotImplemented',
    `The class ${all} of a regular expression is not supported by the development server`,
  );
}

// What PCRE has and JavaScript does not: possessive quantifiers, options within a pattern, atomic groups, comments,
// conditions, recursion, groups that start anew with each branch, and its own way to name a group.
const BEYOND_JAVASCRIPT = /[*+?}]\+|\(\?(?:[a-zA-Z]*-?[a-zA-Z]+[:)]|>|#|\(|R|[+-]?\d|&|\||P[<=>])/;

/** The error for a pattern that JavaScript does not compile. */
function refusalOf(pattern: string, error: unknown): CommandError {
  const bare = pattern.replace(TOKEN, (token) => (token === '.' || token === '$' ? token : 'x'));
  if (BEYOND_JAVASCRIPT.test(bare)) {
    return new CommandError(
      'NotImplemented',
      `The regular expression ${pattern} is not supported by the development server`,
    );
  }
  const reason = error instanceof Error ? error.message : '';
  return new CommandError('Location51091', `Regular expression is invalid: ${reason}`);
}

function build(pattern: string, flags: string): RegExp {
  // An option group at the start is the one form of PCRE's inline options that is in common use.
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const all = [...new Set(flags + (inline?.[1] ?? ''))].join('');
  const source = translate(inline === null ? pattern : pattern.slice(inline[0].length), all);
  try {
    return new RegExp(source, `${all}u`);
  } catch {
    // Escapes such as \- are fine in PCRE and outside of JavaScript's Unicode mode.
    try {
      return new RegExp(source, all);
    } catch (error) {
      throw refusalOf(pattern, error);
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
