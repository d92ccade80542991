import { isInterfaceType, isObjectType } from 'graphql';

import { readRequirements, type Requirement } from '../../gateway/auth/requirements.ts';
import type { Finding } from '../finding.ts';
import type { JudgedOperation } from '../operations/evidence.ts';
import { weighChange, type ApiContext } from './api-change.ts';

const nothing: Requirement = { isAuthenticated: false, scopes: [], policies: [] };

/**
 * Judges what a caller needs more of than before: @authenticated, @requiresScopes and @policy. The API schema says
 * nothing of them, and a client that got a value gets null. Who sends which token is not known, so each is a break for
 * those who ask for it.
 */
export function judgeAuthorization(baseSdl: string, headSdl: string, context: ApiContext): Finding[] {
  if (baseSdl === headSdl) return [];
  const before = readRequirements(baseSdl);
  return [...readRequirements(headSdl)].flatMap(([subject, after]) => {
    const had = before.get(subject) ?? nothing;
    if (!isThere(subject, context) || !isTighter(had, after)) return [];
    const finding = weighChange(
      {
        rule: 'authorization-tightened',
        subject,
        what: `${subject} needs ${print(after)} now; before, ${print(had)}.`,
        effect: 'A caller without it gets null there, and an error.',
        kind: 'break',
        isHit: (operation) => asksFor(operation, subject),
        next: [
          'See that every client named here sends a token that has what is needed, before the supergraph is published.',
          'When they do, accept the change, with that as the reason.',
        ],
      },
      context,
    );
    return finding === undefined ? [] : [finding];
  });
}

/** Nobody asked for what is new. */
function isThere(subject: string, { base }: ApiContext): boolean {
  const [typeName = '', field] = subject.split('.');
  const type = base.schema.getType(typeName);
  if (field === undefined) return type !== undefined;
  return (isObjectType(type) || isInterfaceType(type)) && field in type.getFields();
}

function asksFor({ used, types }: JudgedOperation, subject: string): boolean {
  return used.has(subject) || types.has(subject);
}

/** Whether somebody who fulfils the one may not fulfil the other. */
function isTighter(before: Requirement, after: Requirement): boolean {
  // A scope or policy is held by nobody who is not signed in.
  const wasAnonymous = !before.isAuthenticated && before.scopes.length === 0 && before.policies.length === 0;
  return (
    (after.isAuthenticated && wasAnonymous) ||
    isNarrower(before.scopes, after.scopes) ||
    isNarrower(before.policies, after.policies)
  );
}

function isNarrower(before: readonly (readonly string[])[], after: readonly (readonly string[])[]): boolean {
  if (after.length === 0) return false;
  if (before.length === 0) return true;
  // Each list that sufficed has to hold one that suffices now.
  return !before.every((held) => after.some((needed) => needed.every((name) => held.includes(name))));
}

function print({ isAuthenticated, scopes, policies }: Requirement): string {
  const parts = [
    ...(isAuthenticated ? ['@authenticated'] : []),
    ...(scopes.length > 0 ? [`@requiresScopes(scopes: ${JSON.stringify(scopes)})`] : []),
    ...(policies.length > 0 ? [`@policy(policies: ${JSON.stringify(policies)})`] : []),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(' ');
}
