/** What a child process tells the supervisor when it can be used. */
export interface ReadyMessage {
  readonly ready: true;
  readonly url: string;
  readonly port: number;
}

/** Tells the parent process, where there is one that listens. */
export function tellParent(message: ReadyMessage): void {
  process.send?.(message);
}

/** The message as a `ReadyMessage`, or undefined when it is something else. */
export function readReadyMessage(message: unknown): ReadyMessage | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { ready, url, port } = message as Record<string, unknown>;
  return ready === true && typeof url === 'string' && typeof port === 'number'
    ? { ready, url, port }
    : undefined;
}

/** Lets go of the parent process: an open channel would keep this process alive after its work has ended. */
export function leaveParent(): void {
  if (process.connected) process.disconnect();
}
