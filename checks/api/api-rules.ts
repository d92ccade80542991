import type { RuleInfo } from '../rule-info.ts';

function apiRule(id: string, severity: RuleInfo['severity'], reason: string): RuleInfo {
  return { id, judgement: 'api', severity, reason };
}

/** The kinds of API changes that the check reports. */
export const apiRules: readonly RuleInfo[] = [
  apiRule(
    'field-removed',
    'breaking',
    'An operation that selects a field that is gone is refused as a whole.',
  ),
  apiRule('field-type-changed', 'breaking', 'A client reads the field as the type that it was.'),
  apiRule('type-removed', 'breaking', 'Fields, fragments and variables of the type are refused.'),
  apiRule('type-kind-changed', 'breaking', 'Selections and inputs are written for one kind of type.'),
  apiRule(
    'required-argument-added',
    'breaking',
    'An operation that does not give a required argument is refused.',
  ),
  apiRule('argument-removed', 'breaking', 'An operation that gives an argument that is gone is refused.'),
  apiRule('argument-type-changed', 'breaking', 'A value or variable of the old type is refused.'),
  apiRule(
    'argument-default-changed',
    'warning',
    'An operation that leaves the argument out gets another answer than before.',
  ),
  apiRule('required-input-field-added', 'breaking', 'An input without a required field is refused.'),
  apiRule('input-field-removed', 'breaking', 'An input with a field that is gone is refused.'),
  apiRule('input-field-type-changed', 'breaking', 'A value of the old type is refused.'),
  apiRule(
    'input-field-default-changed',
    'warning',
    'An operation that leaves the input field out does something else than before.',
  ),
  apiRule('enum-value-removed', 'breaking', 'An operation that sends a value that is gone is refused.'),
  apiRule('enum-value-added', 'warning', 'A client that decides by the value may not know the new one.'),
  apiRule('union-member-removed', 'breaking', 'A fragment on a type that is no member is refused.'),
  apiRule('union-member-added', 'warning', 'A client that decides by the type may not know the new one.'),
  apiRule('interface-removed', 'breaking', 'A fragment on a type that does not implement it is refused.'),
  apiRule(
    'interface-added',
    'warning',
    'A list of the interface may hold a type that a client does not know.',
  ),
  apiRule('directive-removed', 'breaking', 'An operation that uses a directive that is gone is refused.'),
  apiRule('directive-changed', 'breaking', 'An operation that uses the directive as it was is refused.'),
  apiRule(
    'authorization-tightened',
    'breaking',
    'A client whose callers do not hold what is needed now gets null and an error.',
  ),
  apiRule('deprecated-in-use', 'notice', 'Clients that use what is deprecated need to be told.'),
  apiRule(
    'operation-invalid',
    'breaking',
    'A known operation that the schema refuses fails for its clients.',
  ),
];
