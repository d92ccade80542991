import type { Context, Span as OtelSpan, Tracer } from '@opentelemetry/api';
import type { Logger } from 'pino';

import type { TraceParent } from './traceparent.ts';
import type { Ending, Span, Tracing, Work } from './tracing.ts';
import { spansQueuedMax, SpanQueue } from './span-queue.ts';

/** Where spans go, and which. */
export interface OtlpTracingOptions {
  /** Base URL of an OTLP/HTTP collector, such as `http://127.0.0.1:4318`; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** `service.name` of all spans. */
  readonly service: string;
  /**
   * How many percent of the requests without a trace begin one; those with a trace go by its flag. 0: none begins
   * one.
   */
  readonly samplePercent: number;
  readonly log: Logger;
}

/** How long spans wait to be sent together, in milliseconds. */
const exportDelayMs = 1000;
/** How long one attempt to reach the collector may take, in milliseconds. */
const exportTimeoutMs = 5000;
/** How long the end of the process waits for the collector, in milliseconds. */
const closeMs = 1000;

/**
 * Records by OpenTelemetry and sends by OTLP/HTTP, in the background: a collector that is away or too slow costs spans
 * and one line in the log. The packages are loaded here, so that a process that does not trace never has them in
 * memory.
 */
export async function startOtlpTracing(options: OtlpTracingOptions): Promise<Tracing> {
  const [api, sdk, { resourceFromAttributes }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  });
  const queue = new SpanQueue(options);
  const root =
    options.samplePercent === 0
      ? new sdk.AlwaysOffSampler()
      : new sdk.TraceIdRatioBasedSampler(options.samplePercent / 100);
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service }),
    sampler: new sdk.ParentBasedSampler({ root }),
    spanProcessors: [
      queue.watchProcessor(
        new sdk.BatchSpanProcessor({
          exporter: queue.watchExporter(exporter),
          maxQueueSize: spansQueuedMax,
          scheduledDelayMillis: exportDelayMs,
          exportTimeoutMillis: exportTimeoutMs,
        }),
      ),
    ],
  });
  const recorder: Recorder = { api, tracer: provider.getTracer('freehold') };
  let closed: Promise<void> | undefined;
  return {
    begin: (work, parent) => beginRequest(recorder, work, parent),
    close: () => (closed ??= within(closeMs, provider.shutdown())),
  };
}

interface Recorder {
  readonly api: typeof import('@opentelemetry/api');
  readonly tracer: Tracer;
}

/** What a request's spans are made with. */
interface RequestRecorder extends Recorder {
  /**
   * From `performance.now()` to the time since 1970, once for the request: OpenTelemetry would ask the clock anew for
   * each span, and that clock has whole milliseconds.
   */
  readonly offsetMs: number;
}

function beginRequest(recorder: Recorder, work: Work, parent: TraceParent | undefined): Span | undefined {
  const { ROOT_CONTEXT, TraceFlags, trace } = recorder.api;
  const context =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId: parent.traceId,
          spanId: parent.spanId,
          traceFlags: parent.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
          isRemote: true,
        });
  const requestRecorder = { ...recorder, offsetMs: Date.now() - performance.now() };
  const span = startSpan(requestRecorder, work, context);
  return span.isRecording() ? wrapSpan(requestRecorder, span) : undefined;
}

function startSpan({ api, tracer, offsetMs }: RequestRecorder, work: Work, context: Context): OtelSpan {
  const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, internal: api.SpanKind.INTERNAL };
  const { name, kind, startMs, attributes = {} } = work;
  const startTime = startMs + offsetMs;
  return tracer.startSpan(name, { kind: kinds[kind], startTime, attributes }, context);
}

function wrapSpan(recorder: RequestRecorder, span: OtelSpan): Span {
  const { api, offsetMs } = recorder;
  const { traceId, spanId } = span.spanContext();
  return {
    context: { traceId, spanId, isSampled: true },
    begin: (work) => wrapSpan(recorder, startSpan(recorder, work, api.trace.setSpan(api.ROOT_CONTEXT, span))),
    rename: (name) => void span.updateName(name),
    end({ endMs, attributes, failure }: Ending) {
      if (attributes !== undefined) span.setAttributes(attributes);
      if (failure !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: failure });
      span.end(endMs + offsetMs);
    },
  };
}

/** Resolves with the work or when the time is up; a collector that is away must not hold a process that ends. */
function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    work
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(timer);
        resolve();
      });
  });
}
