import type { MonacoEditor } from '@graphiql/react';

import type { TextPart } from './find-selection.ts';

type Decorations = ReturnType<MonacoEditor['createDecorationsCollection']>;

// One collection an editor: a new selection takes the place of the one before.
const decorationsOf = new WeakMap<MonacoEditor, Decorations>();

/** Marks parts of the editor's text and scrolls to the first. The focus stays where it is. */
export function selectInEditor(editor: MonacoEditor, parts: readonly TextPart[]): void {
  const model = editor.getModel();
  if (model === null) return;
  const ranges = parts.map(({ start, end }) => {
    const from = model.getPositionAt(start);
    const to = model.getPositionAt(end);
    return {
      startLineNumber: from.lineNumber,
      startColumn: from.column,
      endLineNumber: to.lineNumber,
      endColumn: to.column,
    };
  });
  let decorations = decorationsOf.get(editor);
  if (decorations === undefined) {
    const made = editor.createDecorationsCollection();
    decorations = made;
    decorationsOf.set(editor, made);
    // Marks that stay on a text that has changed would point at nothing.
    editor.onDidChangeModelContent(() => made.clear());
  }
  decorations.set(ranges.map((range) => ({ range, options: { inlineClassName: 'freehold-explain-cause' } })));
  const [first] = ranges;
  if (first === undefined) return;
  editor.setSelection(first);
  editor.revealRangeInCenterIfOutsideViewport(first);
}
