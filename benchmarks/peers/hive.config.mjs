// Hive Gateway as the benchmark runs it. Its sharing of identical subgraph requests in flight is on by default and can
// be switched off, so that both sides are measured with and without.
const shares = process.env.SHARE_IN_FLIGHT !== 'false';

export const gatewayConfig = {
  logging: 'error',
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: shares } } },
};
