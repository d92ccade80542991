import { print, type DocumentNode, type OperationDefinitionNode } from 'graphql';

import type { SourceLocation } from '../finding.ts';

/** An operation that clients are known to send. */
export interface KnownOperation {
  readonly name: string;
  readonly location: SourceLocation;
  /** The clients that send it, as far as the documents tell. */
  readonly clients: readonly string[];
  readonly operation: OperationDefinitionNode;
  /** The operation with the fragments that it needs, and nothing else. */
  readonly document: DocumentNode;
}

/** What could not be read as operations, with its place. */
export interface OperationProblem {
  readonly location: SourceLocation;
  readonly message: string;
}

/** All known operations of one side. */
export interface OperationSet {
  readonly operations: readonly KnownOperation[];
  readonly problems: readonly OperationProblem[];
}

/** What tells an operation from all others: its name and its whole text, without the accidents of layout. */
export function printOperation({ name, document }: KnownOperation): string {
  return `${name}\0${print(document)}`;
}
