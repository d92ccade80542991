import { setField, type BsonDocument } from '../values/bson-document.ts';
import { decodeDocument, encodeDocument } from '../values/bson-codec.ts';
import { crc32c } from './crc32c.ts';
import { ProtocolFault } from './frame-reader.ts';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const EXHAUST_ALLOWED = 1 << 16;
/** The low sixteen flag bits must be understood; the high ones may be passed over. */
const REQUIRED_FLAGS = 0xffff;

/** One request, whichever of the two forms it came in. */
export interface WireRequest {
  readonly requestId: number;
  /** `query`: the legacy form, allowed for the first hello alone. */
  readonly form: 'message' | 'query';
  readonly command: BsonDocument;
  /** False for a fire-and-forget write (`moreToCome`). */
  readonly wantsReply: boolean;
}

function documentAt(frame: Buffer, offset: number, end: number): { bytes: Buffer; next: number } {
  if (offset + 5 > end) throw new ProtocolFault('a document that ends before its length');
  const length = frame.readInt32LE(offset);
  if (length < 5 || offset + length > end) {
    throw new ProtocolFault(
      `a document of ${length} bytes where ${end - offset} bytes are left in the message`,
    );
  }
  return { bytes: frame.subarray(offset, offset + length), next: offset + length };
}

function decode(bytes: Buffer): BsonDocument {
  try {
    return decodeDocument(bytes);
  } catch (error) {
    throw new ProtocolFault(`bytes that are no BSON: ${error instanceof Error ? error.message : ''}`);
  }
}

function readCString(
  frame: Buffer,
  offset: number,
  end: number,
): { readonly text: string; readonly next: number } {
  const stop = frame.indexOf(0, offset);
  if (stop === -1 || stop >= end) throw new ProtocolFault('a name without its end');
  return { text: frame.toString('utf8', offset, stop), next: stop + 1 };
}

interface Sections {
  body: BsonDocument | null;
  readonly sequences: [string, BsonDocument[]][];
}

function readSequence(frame: Buffer, offset: number, end: number, into: Sections): number {
  if (offset + 4 > end) throw new ProtocolFault('a document sequence that ends before its length');
  const sequenceEnd = offset + frame.readInt32LE(offset);
  if (sequenceEnd > end || sequenceEnd < offset + 5) {
    throw new ProtocolFault('a document sequence of a length that does not fit the message');
  }
  const name = readCString(frame, offset + 4, sequenceEnd);
  const documents: BsonDocument[] = [];
  let at = name.next;
  while (at < sequenceEnd) {
    const { bytes, next } = documentAt(frame, at, sequenceEnd);
    documents.push(decode(bytes));
    at = next;
  }
  into.sequences.push([name.text, documents]);
  return sequenceEnd;
}

function readSections(frame: Buffer, end: number): Sections {
  const sections: Sections = { body: null, sequences: [] };
  let offset = 20;
  while (offset < end) {
    const kind = frame.readUInt8(offset);
    offset += 1;
    if (kind === 0) {
      if (sections.body !== null) throw new ProtocolFault('two bodies in one message');
      const { bytes, next } = documentAt(frame, offset, end);
      sections.body = decode(bytes);
      offset = next;
    } else if (kind === 1) {
      offset = readSequence(frame, offset, end, sections);
    } else {
      throw new ProtocolFault(`a section of the unknown kind ${kind}`);
    }
  }
  return sections;
}

function parseMessage(frame: Buffer, requestId: number): WireRequest {
  if (frame.length < 26) throw new ProtocolFault('an OP_MSG without a body');
  const flags = frame.readUInt32LE(16);
  const unknown = flags & REQUIRED_FLAGS & ~(CHECKSUM_PRESENT | MORE_TO_COME | EXHAUST_ALLOWED);
  if (unknown !== 0) throw new ProtocolFault(`the unknown OP_MSG flags 0x${unknown.toString(16)}`);
  let end = frame.length;
  if (flags & CHECKSUM_PRESENT) {
    end -= 4;
    if (crc32c(frame.subarray(0, end)) !== frame.readUInt32LE(end)) {
      throw new ProtocolFault('a checksum that does not match its message');
    }
  }
  const { body, sequences } = readSections(frame, end);
  if (body === null) throw new ProtocolFault('an OP_MSG without a body');
  for (const [name, documents] of sequences) {
    if (Object.hasOwn(body, name)) throw new ProtocolFault(`the field "${name}" twice`);
    setField(body, name, documents);
  }
  return { requestId, form: 'message', command: body, wantsReply: (flags & MORE_TO_COME) === 0 };
}

function parseQuery(frame: Buffer, requestId: number): WireRequest {
  if (frame.length < 33) throw new ProtocolFault('an OP_QUERY that is too short');
  const name = readCString(frame, 20, frame.length);
  if (!name.text.endsWith('.$cmd')) {
    throw new ProtocolFault(`an OP_QUERY on "${name.text}"; only a hello may be asked this way`);
  }
  const { bytes } = documentAt(frame, name.next + 8, frame.length);
  const command = decode(bytes);
  setField(command, '$db', name.text.slice(0, -'.$cmd'.length));
  return { requestId, form: 'query', command, wantsReply: true };
}

/** Reads one whole message. Throws ProtocolFault on anything but OP_MSG and a legacy hello. */
export function parseRequest(frame: Buffer): WireRequest {
  const requestId = frame.readInt32LE(4);
  const operation = frame.readInt32LE(12);
  if (operation === OP_MSG) return parseMessage(frame, requestId);
  if (operation === OP_QUERY) return parseQuery(frame, requestId);
  throw new ProtocolFault(`the operation code ${operation}; expected ${OP_MSG} (OP_MSG)`);
}

function header(length: number, responseTo: number, operation: number, requestId: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(requestId, 4);
  bytes.writeInt32LE(responseTo, 8);
  bytes.writeInt32LE(operation, 12);
  return bytes;
}

/** The answer to a request, in the form that the request had. */
export function buildReply(request: WireRequest, reply: BsonDocument, replyId: number): Buffer {
  const body = encodeDocument(reply);
  if (request.form === 'message') {
    // No flags and one section of kind 0.
    const head = header(16 + 5 + body.length, request.requestId, OP_MSG, replyId);
    return Buffer.concat([head, Buffer.alloc(5), body]);
  }
  const fields = Buffer.alloc(20);
  fields.writeInt32LE(8, 0); // AwaitCapable, as every server since 2.6 says
  fields.writeInt32LE(1, 16); // one document
  const head = header(36 + body.length, request.requestId, OP_REPLY, replyId);
  return Buffer.concat([head, fields, body]);
}
