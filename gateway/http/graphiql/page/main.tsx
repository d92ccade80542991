import 'graphiql/style.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { explainPlugin } from './explain/explain-panel.tsx';
import { explainStore } from './explain/explain-store.ts';
import { fetchWithTrace } from './explain/fetch-with-trace.ts';

// Put in by the bundler: the text of operations/sample.graphql.
declare const SAMPLE_OPERATION: string;
// The same of operations/me.graphql, for a page that starts with a token.
declare const SIGNED_IN_OPERATION: string;

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

/** Headers to start with: the token of the development gateway, where it has one. They are not kept in the browser. */
async function loadDefaultHeaders(): Promise<string | undefined> {
  try {
    const headers = (await (await fetch('/graphiql/defaults.json')).json()) as Record<string, string>;
    return Object.keys(headers).length === 0 ? undefined : JSON.stringify(headers, null, 2);
  } catch {
    // Without them the page still works, for nobody who is signed in.
    return undefined;
  }
}

const defaultHeaders = await loadDefaultHeaders();
const signedInProps =
  defaultHeaders === undefined
    ? {}
    : { defaultHeaders, defaultTabs: [{ query: SAMPLE_OPERATION }, { query: SIGNED_IN_OPERATION }] };
const container = document.querySelector('#graphiql');
if (container !== null) {
  createRoot(container).render(
    <GraphiQL fetcher={fetcher} plugins={plugins} defaultQuery={SAMPLE_OPERATION} {...signedInProps} />,
  );
}
