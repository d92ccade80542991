import 'graphiql/style.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { explainPlugin } from './explain/explain-panel.tsx';
import { explainStore } from './explain/explain-store.ts';
import { fetchWithTrace } from './explain/fetch-with-trace.ts';

// Put in by the bundler: the text of operations/sample.graphql.
declare const SAMPLE_OPERATION: string;

// Monaco parses and completes in workers; they are bundled beside this file, so nothing comes from another host.
const workerFiles: Readonly<Record<string, string>> = {
  graphql: 'graphql.worker.js',
  json: 'json.worker.js',
};
window.MonacoEnvironment = {
  getWorker: (_workerId: string, label: string) =>
    new Worker(`/graphiql/${workerFiles[label] ?? 'editor.worker.js'}`, { type: 'module' }),
};

// The gateway answers each operation at once, never in parts.
const plainFetcher = createGraphiQLFetcher({ url: '/graphql', enableIncrementalDelivery: false });
const fetcher = fetchWithTrace(plainFetcher, explainStore);
const plugins = [HISTORY_PLUGIN, explainPlugin];
const container = document.querySelector('#graphiql');
if (container !== null) {
  createRoot(container).render(
    <GraphiQL fetcher={fetcher} plugins={plugins} defaultQuery={SAMPLE_OPERATION} />,
  );
}
