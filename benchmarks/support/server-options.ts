import { serverNodeOptions } from '../../cli/process/node-options.ts';

/** What Freehold sets of V8 for itself (`cli/process/node-options.ts`, `bin/freehold.js`), for every other side too. */
export const peerNodeOptions: readonly string[] = [...serverNodeOptions, '--no-allocation-site-pretenuring'];
