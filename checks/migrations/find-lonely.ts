import type { Node } from 'libpg-query';

/** What makes a statement one that PostgreSQL refuses in a transaction, such as `CONCURRENTLY`; undefined for others. */
export function findLonely(node: Node): string | undefined {
  if ('IndexStmt' in node) return node.IndexStmt.concurrent === true ? 'CONCURRENTLY' : undefined;
  if ('DropStmt' in node) return node.DropStmt.concurrent === true ? 'CONCURRENTLY' : undefined;
  if ('ReindexStmt' in node)
    return (node.ReindexStmt.params ?? []).some(
      (option) => 'DefElem' in option && option.DefElem.defname === 'concurrently',
    )
      ? 'CONCURRENTLY'
      : undefined;
  if ('AlterTableStmt' in node)
    return (node.AlterTableStmt.cmds ?? []).some(
      (part) =>
        'AlterTableCmd' in part &&
        part.AlterTableCmd.def !== undefined &&
        'PartitionCmd' in part.AlterTableCmd.def &&
        part.AlterTableCmd.def.PartitionCmd.concurrent === true,
    )
      ? 'CONCURRENTLY'
      : undefined;
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd === true ? 'VACUUM' : undefined;
  if ('AlterSystemStmt' in node) return 'ALTER SYSTEM';
  if ('CreatedbStmt' in node) return 'CREATE DATABASE';
  return 'DropdbStmt' in node ? 'DROP DATABASE' : undefined;
}
