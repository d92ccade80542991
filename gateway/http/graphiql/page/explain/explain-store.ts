import type { TraceReport } from '../../../../telemetry/trace-report.ts';

/** What the panel knows of the last operation. */
export type ExplainState =
  /** Nothing was run while the panel was open. */
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'explained';
      /** The document as it was sent. */
      readonly query: string;
      readonly operationName: string | undefined;
      readonly report: TraceReport;
      /** How many errors stand beside the data. */
      readonly errors: number;
    }
  /** The gateway refused the operation. */
  | { readonly kind: 'refused'; readonly messages: readonly string[] }
  /** The gateway answered, and told nothing. */
  | { readonly kind: 'untraced' }
  /** There was no answer. */
  | { readonly kind: 'failed'; readonly message: string };

/** Holds the last trace between the fetcher, which gets it, and the panel, which draws it. */
export class ExplainStore {
  readonly #listeners = new Set<() => void>();
  #state: ExplainState = { kind: 'idle' };
  #open = 0;

  /** Whether the panel is open, so that the gateway is to be asked. */
  get isOpen(): boolean {
    return this.#open > 0;
  }

  /** To be called when the panel opens; answers what is to be called when it closes. */
  open(): () => void {
    this.#open += 1;
    return () => {
      this.#open -= 1;
    };
  }

  readonly get = (): ExplainState => this.#state;

  set(state: ExplainState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** The one of this page. */
export const explainStore = new ExplainStore();
