/**
 * What the federation libraries have against a supergraph. They end a sentence once more before they name its causes, on
 * lines of their own; the first cause goes along with the sentence, for those who print one line.
 */
export function describeFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().replaceAll(/\.{1,2} Caused by:\n/g, '. Caused by: ');
}
