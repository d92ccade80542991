import { type FileHandle, open } from 'node:fs/promises';
import { fileHeader } from './record-file.ts';

interface Waiting {
  readonly record: Buffer;
  readonly resolve: () => void;
}

/**
 * An append-only file. `append` settles when the record is on the disk; records that wait together
 * share one write and one fsync (group commit).
 */
export class Journal {
  private readonly handle: FileHandle;
  private readonly onFault: (error: unknown) => void;
  private waiting: Waiting[] = [];
  private running: Promise<void> | null = null;
  private bytes: number;

  private constructor(handle: FileHandle, bytes: number, onFault: (error: unknown) => void) {
    this.handle = handle;
    this.bytes = bytes;
    this.onFault = onFault;
  }

  /**
   * Opens the file to append after `bytes`; what follows is cut off. An fsync that fails cannot be
   * tried again (the kernel has dropped the pages), so `onFault` must end the process.
   */
  static async open(file: string, bytes: number, onFault: (error: unknown) => void): Promise<Journal> {
    const handle = await open(file, bytes === 0 ? 'w' : 'r+', 0o600);
    await handle.truncate(bytes);
    const journal = new Journal(handle, bytes, onFault);
    if (bytes === 0) {
      const header = fileHeader();
      await handle.write(header, 0, header.length, 0);
      journal.bytes = header.length;
    }
    await handle.datasync();
    return journal;
  }

  /** How long the file is, with what still waits. */
  get size(): number {
    return this.bytes;
  }

  /** Settles when the record has reached the disk. */
  append(record: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ record, resolve });
      this.running ??= this.drain();
    });
  }

  /** Settles when all that was appended so far is on the disk. */
  async flush(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  /** Writes what waits, then closes the file. */
  async close(): Promise<void> {
    await this.flush();
    await this.handle.close();
  }

  private async drain(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const group = this.waiting;
        this.waiting = [];
        const all = Buffer.concat(group.map(({ record }) => record));
        await this.writeAll(all);
        await this.handle.datasync();
        for (const { resolve } of group) resolve();
      }
    } catch (error) {
      // Nobody who waits is answered: the write is not known to be safe.
      this.onFault(error);
    } finally {
      this.running = null;
    }
  }

  private async writeAll(all: Buffer): Promise<void> {
    let written = 0;
    while (written < all.length) {
      const { bytesWritten } = await this.handle.write(all, written, all.length - written, this.bytes);
      written += bytesWritten;
      this.bytes += bytesWritten;
    }
  }
}
