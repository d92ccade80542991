import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { DevelopmentUser, Project } from '../project.ts';
import type { RunningShop } from './start-shop.ts';

/** Where everything is, for a person who wants to use it. */
export async function printShop(shop: RunningShop, project: Project, seconds: number): Promise<string> {
  const rows = shop.services.map(({ name, database, url, process }) => [
    name,
    database().description,
    String(database().port),
    process.state.kind,
    url,
  ]);
  const table = printTable([['service', 'database', 'port', 'state', 'service URL'], ...rows]);
  const sample = await readFile(path.join(project.root, 'operations', 'sample.graphql'), 'utf8').catch(
    () => undefined,
  );
  return [
    '',
    table,
    '',
    `  gateway   ${shop.gatewayUrl}/graphql`,
    `  Sandbox   ${shop.gatewayUrl}/ (Apollo's page, needs the internet)`,
    `  GraphiQL  ${shop.gatewayUrl}/graphiql (works offline)`,
    ...(shop.signedIn === undefined ? [] : printSignIn(shop.signedIn)),
    '',
    ...(sample === undefined ? [] : [`  Try this there:\n\n${indent(sample.trim())}\n`]),
    `  Up in ${seconds.toFixed(1)} s. Ctrl-C stops everything; the data stays.`,
    '',
    '',
  ].join('\n');
}

function printSignIn({ id, username }: DevelopmentUser): string[] {
  return [
    '',
    `  The token in GraphiQL's headers signs you in as ${username} (${id}): try operations/me.graphql with it.`,
    '  A token for anybody else, with scopes: npx freehold token --user user-2 --scope orders:read:all',
  ];
}

function printTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
