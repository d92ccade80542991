import './explain.css';

import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useSyncExternalStore } from 'react';

import { ExplainIcon } from './explain-icon.tsx';
import { explainStore, type ExplainState } from './explain-store.ts';
import { ExplainedOperation } from './explained-operation.tsx';

/** GraphiQL's plugin: draws where the last operation's time went. While it is open, operations are run with a trace. */
export const explainPlugin: GraphiQLPlugin = { title: 'Explain', icon: ExplainIcon, content: ExplainPanel };

function ExplainPanel() {
  useEffect(() => explainStore.open(), []);
  const state = useSyncExternalStore(explainStore.subscribe, explainStore.get);
  const isFetching = useGraphiQL(({ isFetching }) => isFetching);
  return (
    <section className="freehold-explain" aria-label="Explain" aria-busy={isFetching}>
      <h2>Explain</h2>
      <ExplainContent state={state} />
    </section>
  );
}

function ExplainContent({ state }: { readonly state: ExplainState }) {
  switch (state.kind) {
    case 'explained':
      return <ExplainedOperation {...state} key={state.query} />;
    case 'idle':
      return (
        <Notice title="Nothing to explain yet">
          <p>
            Run an operation while this panel is open: its fetches and database statements are drawn here.
          </p>
        </Notice>
      );
    case 'refused':
      return (
        <Notice title="The gateway refused the operation" isFault>
          <ul>
            {state.messages.map((message) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </Notice>
      );
    case 'untraced':
      return (
        <Notice title="The answer came without a trace" isFault>
          <p>
            The gateway traces with its compiled engine, in development, or for those who send the header{' '}
            <code>freehold-explain-token</code> that its option <code>explainToken</code> names.
          </p>
        </Notice>
      );
    default:
      return (
        <Notice title="There was no answer" isFault>
          <p>{state.message}</p>
        </Notice>
      );
  }
}

interface NoticeProps {
  readonly title: string;
  readonly isFault?: boolean;
  readonly children: React.ReactNode;
}

function Notice({ title, isFault = false, children }: NoticeProps) {
  const actions = useGraphiQLActions();
  return (
    <div
      className={`freehold-explain-notice${isFault ? ' is-fault' : ''}`}
      role={isFault ? 'alert' : 'status'}
    >
      <h3>{title}</h3>
      {children}
      <button type="button" className="graphiql-button" onClick={() => actions.run()}>
        {isFault ? 'Run again' : 'Run the operation'}
      </button>
    </div>
  );
}
