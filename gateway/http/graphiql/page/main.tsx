import 'graphiql/style.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

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

const fetcher = createGraphiQLFetcher({ url: '/graphql' });
const container = document.querySelector('#graphiql');
if (container !== null) {
  createRoot(container).render(<GraphiQL fetcher={fetcher} defaultQuery={SAMPLE_OPERATION} />);
}
