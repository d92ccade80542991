import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import path from 'node:path';

/**
 * A file that the output of a process is appended to. An error (a full disk, say) costs what could not be written, and
 * the file is opened again for what comes later: a stream of Node is over after its first error.
 */
export class LogFile {
  readonly #file: string;
  #stream: WriteStream | undefined;
  #bytesLost = 0;
  #error: Error | undefined;

  /** Makes the folder. @throws when that fails. */
  constructor(file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.#file = file;
  }

  write(chunk: Buffer): void {
    const stream = this.#open();
    if (this.#error !== undefined) {
      const { message } = this.#error;
      const lost = this.#bytesLost;
      this.#error = undefined;
      this.#bytesLost = 0;
      this.#append(
        stream,
        Buffer.from(`[${lost} bytes of this log could not be written: ${message}]\n`),
        lost,
      );
    }
    this.#append(stream, chunk, chunk.length);
  }

  /** Closes the file; resolves when all is written or lost. The next `write` opens it again. */
  async end(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined || stream.closed) return;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.end();
    });
  }

  /** The stream, or a new one where that is over. */
  #open(): WriteStream {
    if (this.#stream?.writable === true) return this.#stream;
    const stream = createWriteStream(this.#file, { flags: 'a' });
    // Each write that fails is told of it.
    stream.on('error', () => undefined);
    this.#stream = stream;
    return stream;
  }

  /** `counted` is what is lost of the process's own output where this is not written. */
  #append(stream: WriteStream, bytes: Buffer, counted: number): void {
    stream.write(bytes, (error) => {
      if (!error) return;
      this.#error ??= error;
      this.#bytesLost += counted;
    });
  }
}
