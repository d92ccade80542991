/** What a child process tells the supervisor when it can be used. */
export interface ReadyMessage {
  readonly ready: true;
  readonly url: string;
  readonly port: number;
}

/** Tells the parent process, where there is one that listens. */
export function tellParent(message: ReadyMessage): void {
  // One that goes in this moment is heard of by `onceParentIsGone`.
  if (process.connected) process.send?.(message, () => undefined);
}

/** Calls `stop` when the parent process has gone, also when it went before; never where there was none. */
export function onceParentIsGone(stop: () => void): void {
  if (process.send === undefined) return;
  if (process.connected) process.once('disconnect', stop);
  else stop();
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
