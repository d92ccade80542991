import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

interface SpanQueueOptions {
  readonly endpoint: string;
  readonly log: Logger;
}

/** How many spans wait to be sent; those that come when there are so many are lost. */
export const spansQueuedMax = 2048;

/**
 * Logs when spans begin to be lost, because the collector fails or is too slow for them, and when they are all taken
 * again; not each one that is lost. OpenTelemetry drops what is too much without a word.
 */
export class SpanQueue {
  readonly #options: SpanQueueOptions;
  #queued = 0;
  #isTold = false;

  constructor(options: SpanQueueOptions) {
    this.#options = options;
  }

  watchProcessor(processor: SpanProcessor): SpanProcessor {
    return {
      onStart: (span, context) => processor.onStart(span, context),
      onEnd: (span) => {
        if (this.#queued >= spansQueuedMax)
          return this.#tellLoss(
            'the collector takes spans too slowly; some are lost',
            `${spansQueuedMax} spans wait to be sent`,
          );
        this.#queued += 1;
        processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    };
  }

  watchExporter(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.#queued -= spans.length;
        exporter.export(spans, (result) => {
          if (result.error !== undefined)
            this.#tellLoss('the collector does not take spans; they are lost', result.error.message);
          else this.#tellTaken();
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }

  #tellLoss(message: string, error: string): void {
    const { endpoint, log } = this.#options;
    if (!this.#isTold) log.warn({ endpoint, error }, message);
    this.#isTold = true;
  }

  #tellTaken(): void {
    const { endpoint, log } = this.#options;
    // One that is too slow takes some between those that it does not, and the queue stays full.
    if (!this.#isTold || this.#queued > spansQueuedMax / 2) return;
    log.info({ endpoint }, 'the collector takes spans again');
    this.#isTold = false;
  }
}
