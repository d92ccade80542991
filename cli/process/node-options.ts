/**
 * Options of Node for every process of Freehold that serves requests; the Dockerfile gives the same. The young
 * generation may grow to 32 MiB twice, from 16: at some hundred requests a second what belongs to a request otherwise
 * outlives two collections of it, moves to the old generation and costs a fifth of the CPU there
 * (https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib).
 */
export const serverNodeOptions: readonly string[] = ['--max-semi-space-size=32'];
