import { crc32 } from 'node:zlib';
import type { BsonDocument } from '../values/bson-document.ts';
import { decodeDocument, encodeDocument } from '../values/bson-codec.ts';

/** Version of the files in a folder; raised when an older server could not read them. */
export const FORMAT_VERSION = 1;
const SIGNATURE = Buffer.from('FHMONGO\0', 'latin1');
const HEADER_BYTES = 16;
const RECORD_HEADER_BYTES = 12;
/** Begins each record, so that a torn tail can be told from damage in the middle. */
const RECORD_MARK = Buffer.from([0xf4, 0xee, 0x40, 0x1d]);

/** A data folder that cannot be opened. The message names the file and says what to do. */
export class DamagedFolderError extends Error {
  override readonly name = 'DamagedFolderError';
}

/** What begins every file: signature and format version. */
export function fileHeader(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  SIGNATURE.copy(header);
  header.writeUInt32LE(FORMAT_VERSION, 8);
  return header;
}

/** One record: operations that count all together or not at all. */
export function encodeRecord(operations: readonly BsonDocument[]): Buffer {
  const documents = operations.map((operation) => encodeDocument(operation));
  const payload = Buffer.concat(documents);
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  RECORD_MARK.copy(header);
  header.writeUInt32LE(payload.length, 4);
  header.writeUInt32LE(crc32(payload), 8);
  return Buffer.concat([header, payload]);
}

function recordAt(bytes: Buffer, offset: number): Buffer | null {
  if (offset + RECORD_HEADER_BYTES > bytes.length) return null;
  if (!bytes.subarray(offset, offset + 4).equals(RECORD_MARK)) return null;
  const length = bytes.readUInt32LE(offset + 4);
  const start = offset + RECORD_HEADER_BYTES;
  if (start + length > bytes.length) return null;
  const payload = bytes.subarray(start, start + length);
  return crc32(payload) === bytes.readUInt32LE(offset + 8) ? payload : null;
}

function hasRecordAfter(bytes: Buffer, offset: number): boolean {
  let at = bytes.indexOf(RECORD_MARK, offset + 1);
  while (at !== -1) {
    if (recordAt(bytes, at) !== null) return true;
    at = bytes.indexOf(RECORD_MARK, at + 1);
  }
  return false;
}

function operationsOf(payload: Buffer): BsonDocument[] {
  const operations: BsonDocument[] = [];
  for (let offset = 0; offset < payload.length;) {
    const length = payload.readInt32LE(offset);
    operations.push(decodeDocument(payload.subarray(offset, offset + length)));
    offset += length;
  }
  return operations;
}

function checkHeader(bytes: Buffer, file: string): void {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(SIGNATURE)) {
    throw new DamagedFolderError(
      `The file ${file} is no data file of the MongoDB development server. ` +
        'Restore the folder from a copy, or delete it to start with an empty database.',
    );
  }
  const version = bytes.readUInt32LE(8);
  if (version !== FORMAT_VERSION) {
    throw new DamagedFolderError(
      `The file ${file} has the format version ${version}, and this server reads ${FORMAT_VERSION}. ` +
        'Open the folder with the version that wrote it, or delete it to start with an empty database.',
    );
  }
}

/**
 * Reads a whole file and hands over its records in order. Returns the length of what is good: less
 * than the file when its tail was torn by a crash. Throws DamagedFolderError on damage elsewhere.
 */
export function readRecords(bytes: Buffer, file: string, take: (operations: BsonDocument[]) => void): number {
  checkHeader(bytes, file);
  let offset = HEADER_BYTES;
  while (offset < bytes.length) {
    const payload = recordAt(bytes, offset);
    if (payload === null) {
      if (!hasRecordAfter(bytes, offset)) return offset;
      throw new DamagedFolderError(
        `The file ${file} is damaged at byte ${offset}: the record there does not match its ` +
          'checksum, and records follow it. Restore the folder from a copy, or delete it to start ' +
          'with an empty database.',
      );
    }
    take(operationsOf(payload));
    offset += RECORD_HEADER_BYTES + payload.length;
  }
  return offset;
}
