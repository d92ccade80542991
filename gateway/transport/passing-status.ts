/**
 * Whether an HTTP status says that there is no server just now, or none with room: another URL, or the same one a
 * moment later, may answer.
 */
export function isPassingStatus(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
