import { z } from 'zod';

import { listIndexes } from '../databases/mongo-index.ts';
import { afterDot, type MongoCommand } from '../databases/mongo-migration.ts';
import {
  contract,
  expand,
  migrate,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';
import { judgeCollMod } from './judge-collection.ts';
import { createIndex, dropIndexes } from './judge-mongo-index.ts';
import { unclear } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges one MongoDB command of a migration. */
export function judgeMongo({ name, body }: MongoCommand, context: HazardContext): Judged[] {
  const target = typeof body[name] === 'string' ? body[name] : '';
  const isDeployed = context.deployed.tables.has(target);
  switch (name) {
    case 'drop':
      return [contract(`drop collection ${target}`, ...(isDeployed ? [dropCollection(target)] : []))];
    case 'renameCollection': {
      const before = afterDot(target);
      const after = afterDot(String(body['to']));
      const hazards = context.deployed.tables.has(before) ? [renameCollection(before, after)] : [];
      const judged = contract(`rename collection ${before} to ${after}`, ...hazards);
      if (hazards.length === 0) return [judged];
      return [
        {
          ...judged,
          instead: [
            { phase: 'expand', text: `create ${after} beside ${before}` },
            { phase: 'deploy', text: `a version that reads ${before} still, and writes both` },
            { phase: 'migrate', text: `copy ${before} to ${after}` },
            { phase: 'contract', text: `drop collection ${before}` },
          ],
        },
      ];
    }
    case 'dropIndexes':
      return dropIndexes(target, body, context);
    case 'createIndexes':
      return listIndexes(body).map((index) => createIndex(target, index, context));
    case 'collMod':
      return judgeCollMod(target, body, context);
    case 'update':
      return judgeUpdate(target, body, isDeployed);
    case 'delete':
      return [contract(`delete documents of ${target}`, ...(isDeployed ? [deleteDocuments(target)] : []))];
    case 'create':
      return [expand(`create ${target}`)];
    case 'insert':
      return [migrate(`insert documents into ${target}`)];
    default:
      // The file is refused for it, and nothing of it runs.
      return [];
  }
}

function dropCollection(table: string): Hazard {
  return {
    rule: 'table-dropped',
    severity: 'warning',
    table,
    what: `Collection ${table} is dropped.`,
    why: 'Its data is lost.',
    next: [
      'Deploy a version that no longer reads or writes the collection.',
      'Drop it in a later change, when no older version runs any more and a backup is kept.',
    ],
    takesAway: { table },
  };
}

function renameCollection(table: string, after: string): Hazard {
  return {
    rule: 'table-renamed',
    severity: 'warning',
    table,
    what: `Collection ${table} is renamed to ${after}.`,
    why: 'The old name is gone at once.',
    next: [
      `Fill ${after} beside ${table}, deploy a version that reads it, and drop ${table} in a later change.`,
    ],
    takesAway: { table },
  };
}

function deleteDocuments(table: string): Hazard {
  return {
    rule: 'rows-deleted',
    severity: 'warning',
    table,
    what: `Documents of ${table} are deleted.`,
    why: 'The data is lost, in every environment that runs the migration.',
    next: ['See that nobody needs them; keep a backup.'],
  };
}

const updatesShape = z.array(
  z.looseObject({ q: z.record(z.string(), z.unknown()), u: z.unknown(), multi: z.boolean().optional() }),
);
const removalShape = z.looseObject({
  $unset: z.record(z.string(), z.unknown()).optional(),
  $rename: z.record(z.string(), z.unknown()).optional(),
});

const unsetStageShape = z.looseObject({ $unset: z.union([z.string(), z.array(z.string())]) });

function judgeUpdate(table: string, body: MongoCommand['body'], isDeployed: boolean): Judged[] {
  const updates = updatesShape.safeParse(body['updates']).data ?? [];
  return updates.map(({ u }) => {
    if (isDeployed && replacesDocuments(u)) return replaceDocuments(table);
    const parsed = removalShape.safeParse(u).data;
    const unset = Array.isArray(u) ? listUnsetStages(u) : Object.keys(parsed?.$unset ?? {});
    const gone = [...unset, ...Object.keys(parsed?.$rename ?? {})];
    if (gone.length === 0 || !isDeployed) return migrate(`update documents of ${table}`);
    return contract(
      `remove ${gone.join(', ')} from documents of ${table}`,
      ...gone.map((part) => removeProperty(table, part, parsed?.$rename?.[part])),
    );
  });
}

/** A document without operators takes the place of the one that is there; so may some stages of a pipeline. */
function replacesDocuments(update: unknown): boolean {
  if (typeof update !== 'object' || update === null) return false;
  const stages = Array.isArray(update) ? update : undefined;
  if (stages === undefined) return !Object.keys(update).some((name) => name.startsWith('$'));
  return stages.some(
    (stage) =>
      typeof stage === 'object' &&
      stage !== null &&
      ['$project', '$replaceWith', '$replaceRoot'].some((name) => name in stage),
  );
}

function replaceDocuments(table: string): Judged {
  return contract(
    `replace documents of ${table}`,
    unclear(
      table,
      `Which properties the documents of ${table} lose is not judged.`,
      'The update writes whole documents: what it does not name is gone.',
      ['Write it with $set and $unset, which name what they change.'],
    ),
  );
}

/** What the stages of a pipeline take away: `$unset` has a path there, or a list of them. */
function listUnsetStages(stages: readonly unknown[]): string[] {
  return stages.flatMap((stage) => unsetStageShape.safeParse(stage).data?.$unset ?? []);
}

function removeProperty(table: string, part: string, after: unknown): Hazard {
  const isRenamed = typeof after === 'string';
  return {
    rule: 'property-removed',
    severity: 'warning',
    table,
    part,
    what: isRenamed
      ? `Property ${table}.${part} is renamed to ${after} in the documents.`
      : `Property ${table}.${part} is removed from the documents.`,
    why: isRenamed ? 'The old name is gone at once.' : 'Its data is lost.',
    next: [
      'Deploy a version that no longer reads the property (or reads both names).',
      'Remove it in a later change, when no older version runs any more.',
    ],
    takesAway: { table, column: part.split('.')[0] ?? part },
  };
}
