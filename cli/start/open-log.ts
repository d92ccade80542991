import path from 'node:path';

import { pino, type Logger } from 'pino';

import { makeFolder } from './make-folder.ts';
import { StartError } from './start-error.ts';

/** Opens `<dataFolder>/logs/freehold.log`, the supervisor's own. @throws {StartError} when it cannot be written. */
export function openLog(dataFolder: string): Logger {
  try {
    const folder = path.join(dataFolder, 'logs');
    makeFolder(folder);
    const dest = path.join(folder, 'freehold.log');
    const destination = pino.destination({ dest, sync: true });
    // A disk that is full by now: the line is kept and written with a later one. Unheard, the error would end the
    // supervisor, and with it the whole shop.
    destination.on('error', () => undefined);
    return pino({ name: 'freehold' }, destination);
  } catch (error) {
    throw new StartError(
      `The data folder ${dataFolder} cannot be used: ${error instanceof Error ? error.message : error}. ` +
        'Free the disk, mend the rights of the folder, or choose another one (--data DIR).',
      { cause: error },
    );
  }
}
