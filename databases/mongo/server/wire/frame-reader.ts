/** The limit MongoDB announces and keeps for one message. */
export const MESSAGE_BYTES_MAX = 48_000_000;
const HEADER_BYTES = 16;

/** Bytes that are no message: the connection they came by is ended, nothing else. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
}

/** Cuts a stream of bytes into wire messages by their length prefix. */
export class FrameReader {
  private readonly chunks: Buffer[] = [];
  private buffered = 0;

  /** Takes what came from the socket. */
  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
  }

  /** The next whole message, `null` while it is not here yet. Throws ProtocolFault on a bad length. */
  next(): Buffer | null {
    if (this.buffered < 4) return null;
    const length = this.joined(4).readInt32LE(0);
    if (length < HEADER_BYTES || length > MESSAGE_BYTES_MAX) {
      throw new ProtocolFault(
        `a message length of ${length} bytes; expected ${HEADER_BYTES} to ${MESSAGE_BYTES_MAX}`,
      );
    }
    if (this.buffered < length) return null;
    const all = this.joined(length);
    const frame = all.subarray(0, length);
    this.chunks[0] = all.subarray(length);
    this.buffered -= length;
    if (this.chunks[0].length === 0) this.chunks.shift();
    return frame;
  }

  /** True when the stream ended inside a message. */
  get hasRest(): boolean {
    return this.buffered > 0;
  }

  // Joins only when the first chunk is too short, so that a large message is copied once.
  private joined(bytes: number): Buffer {
    const first = this.chunks[0] ?? Buffer.alloc(0);
    if (first.length >= bytes) return first;
    const all = Buffer.concat(this.chunks);
    this.chunks.length = 0;
    this.chunks.push(all);
    return all;
  }
}
