#!/usr/bin/env node
// The door of the command line: an old Node is refused here, in syntax that an old Node can read.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    'freehold needs Node 20.19 or newer, and this is Node ' +
      process.versions.node +
      '. Install a newer Node (https://nodejs.org) and try again.',
  );
  process.exit(1);
}
// Without it the libraries check their own use, which costs time in every request.
process.env.NODE_ENV ??= 'production';
// V8 watches where objects are made that live on, and in time has code make them in the old generation at once. A server
// that is busy from its first second, when everything waits for the first plans and connections, teaches it that about
// what belongs to a request: each then cost twice the CPU for good, in collections of the old generation.
const { setFlagsFromString } = await import('node:v8');
setFlagsFromString('--no-allocation-site-pretenuring');
const { runCommandLine } = await import('../dist/cli/main.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(`freehold is not built (${error.message}). Run "npm run build" and try again.`);
  process.exit(1);
});
await runCommandLine(process.argv);
