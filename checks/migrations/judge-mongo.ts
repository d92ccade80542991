import { z } from 'zod';

import {
  afterDot,
  listDroppedIndexes,
  listIndexes,
  type MongoCommand,
} from '../databases/mongo-migration.ts';
import {
  contract,
  expand,
  migrate,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';
import { dropIndexHazard } from './judge-constraint.ts';
import { judgeCollMod } from './judge-validator.ts';

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
      return judgeDropIndexes(target, body, context);
    case 'createIndexes':
      return listIndexes(body).map((index) => {
        const columns = Object.keys(index.key);
        const label = index.name ?? columns.join('_');
        if (index.unique !== true || !isDeployed) return expand(`create index ${target}.${label}`);
        return contract(`create unique index ${target}.${label}`, {
          rule: 'unique-added',
          severity: 'warning',
          table: target,
          part: label,
          what: `Unique index ${label} makes (${columns.join(', ')}) unique in ${target}.`,
          why: 'It fails when two documents are equal, and from then on refuses what an older version may write.',
          next: ['Look for duplicates first ($group by the key, $match count above 1), and mend them.'],
        });
      });
    case 'collMod':
      return [judgeCollMod(target, body, context)];
    case 'update':
      return judgeUpdate(target, body, isDeployed);
    case 'delete':
      return [contract(`delete documents of ${target}`, ...(isDeployed ? [deleteDocuments(target)] : []))];
    default:
      return [expand(`${name} ${target}`)];
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

function judgeDropIndexes(target: string, body: MongoCommand['body'], context: HazardContext): Judged[] {
  const table = context.now.tables.get(target);
  if (table === undefined) return [contract(`drop indexes of ${target}`)];
  return listDroppedIndexes(body, table).map((name) => {
    const index = table.indexes.get(name);
    const summary = `drop index ${target}.${name}`;
    return index !== undefined && context.deployed.tables.has(target)
      ? contract(summary, dropIndexHazard(target, name, index.columns, index.isUnique))
      : contract(summary);
  });
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
