// What a child may inherit: where programs and temporary files are, the language, and Node's own trust settings.
// Nothing else passes, so no service can see a database URL that is not its own.
const inherited = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'LC_ALL',
  'TZ',
  'NODE_EXTRA_CA_CERTS',
  'SYSTEMROOT',
  'LOG_LEVEL',
  // Where spans go, and with which headers (OpenTelemetry's own names).
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
];

/** The environment of a child process: the harmless part of this one's, and what is given. */
export function makeChildEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = parent[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...own };
}
