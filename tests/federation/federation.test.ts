import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Engine, EngineName } from '../../gateway/engine.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import {
  type ClientAnswer,
  createEngineUnderTest,
  engineFactories,
  listErrorPaths,
  runOperation,
} from '../support/engines-under-test.ts';
import { type SubgraphHost, startSubgraphHost } from '../support/subgraph-host.ts';
import type { CaseQuery, FederationCase } from './federation-case.ts';

const root = import.meta.dirname;

function listCaseFolders(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((subject) =>
      readdirSync(path.join(root, subject.name), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => path.join(subject.name, entry.name)),
    )
    .sort();
}

function readSubgraphs(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path.join(root, folder))
      .filter((file) => file.endsWith('.graphql'))
      .sort()
      .map((file) => [path.basename(file, '.graphql'), readFileSync(path.join(root, folder, file), 'utf8')]),
  );
}

async function loadCase(folder: string): Promise<FederationCase> {
  const url = pathToFileURL(path.join(root, folder, 'case.ts')).href;
  const module = (await import(/* @vite-ignore */ url)) as { federationCase: FederationCase };
  return module.federationCase;
}

function countRequests(host: SubgraphHost): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { subgraph } of host.requests) counts[subgraph] = (counts[subgraph] ?? 0) + 1;
  return counts;
}

/** A rejection is a broken engine: the host would answer, but the test sees that no engine did. */
function readRejection(error: unknown): ClientAnswer {
  return { errors: [{ message: String(error), path: ['rejected'] }] };
}

/** What is of use to who mends a failure. */
function explain(host: SubgraphHost, answer: ClientAnswer): string {
  const requests = host.requests.map(
    ({ subgraph, query, variables }) => `${subgraph}: ${query} ${JSON.stringify(variables)}`,
  );
  return [...requests, JSON.stringify(answer.errors ?? [])].join('\n');
}

/** What the test compares: data as text, because the order of keys counts, and the paths of all errors. */
interface Observed {
  readonly data: string | undefined;
  readonly errors: readonly string[];
  readonly requests?: Readonly<Record<string, number>>;
}

function describeRight(caseQuery: CaseQuery, engineName: EngineName): Observed {
  const errors = (engineName === 'apollo' && caseQuery.apolloErrors?.paths) || caseQuery.errors || [];
  const countsRequests = engineName === 'compiled' && caseQuery.requests;
  return {
    data: JSON.stringify(caseQuery.data, null, 1),
    errors: [...errors].sort(),
    ...(countsRequests && { requests: caseQuery.requests }),
  };
}

/** The texts that the case wants in an error and that are not there. */
function listMissingTexts(caseQuery: CaseQuery, answer: ClientAnswer): string[] {
  return Object.entries(caseQuery.messages ?? {}).flatMap(([errorPath, text]) => {
    const errors = (answer.errors ?? []).filter((error) => (error.path?.join('.') ?? '-') === errorPath);
    return errors.some((error) => JSON.stringify(error).includes(text)) ? [] : [`${errorPath}: ${text}`];
  });
}

for (const folder of listCaseFolders()) {
  const federationCase = await loadCase(folder);
  const sdlByName = readSubgraphs(folder);
  for (const engineName of Object.keys(engineFactories) as EngineName[]) {
    if (federationCase.engines && !federationCase.engines.includes(engineName)) continue;
    describe(`${folder.replaceAll(path.sep, '/')} on the ${engineName} engine`, () => {
      let host: SubgraphHost | undefined;
      let engine: Engine | undefined;

      beforeAll(async () => {
        const supergraphSdl = composeSubgraphs(sdlByName);
        host = await startSubgraphHost(sdlByName);
        engine = await createEngineUnderTest(engineName, {
          supergraphSdl,
          subgraphUrls: host.urls,
          ...(federationCase.compiled && { compiled: federationCase.compiled }),
        });
      });
      afterAll(async () => {
        await engine?.close();
        await host?.close();
      });

      for (const caseQuery of federationCase.queries) {
        test(caseQuery.name, async () => {
          if (!host || !engine) throw new Error('The case could not be set up');
          host.load(federationCase.data());
          const answer = await runOperation(engine, caseQuery).catch(readRejection);
          const right = describeRight(caseQuery, engineName);
          const found: Observed = {
            data: JSON.stringify(answer.data, null, 1),
            errors: listErrorPaths(answer),
            ...(right.requests && { requests: countRequests(host) }),
          };
          const excuse = engineName === 'apollo' ? caseQuery.apolloIsWrong : caseQuery.knownLimit;
          const isExcused = excuse !== undefined;
          const isRight = isDeepStrictEqual(found, right);
          // The day an engine answers rightly, its excuse goes.
          if (isRight === isExcused) console.log(explain(host, answer));
          expect(found).toEqual(isExcused ? found : right);
          expect(isRight).toBe(!isExcused);
          expect(isExcused ? [] : listMissingTexts(caseQuery, answer)).toEqual([]);
        });
      }
    });
  }
}
