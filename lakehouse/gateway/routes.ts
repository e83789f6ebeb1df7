/** Who owns which prefix. The order of `UPSTREAMS` is the order in `GET /v1/health`. */

/** The first segment after `/v1/` → the daemon that serves it. */
export const OWNERS: Readonly<Record<string, string>> = {
  objects: 'storaged',
  datasets: 'catalogd',
  ingest: 'ingestd',
  sql: 'queryd',
  tables: 'queryd',
  indexes: 'vectord',
  embed: 'embedd',
  traces: 'pathwayd',
  matrix: 'matrixd',
  playbooks: 'matrixd',
  events: 'observerd',
  workflows: 'observerd',
  chat: 'chatd',
  validate: 'validatord',
}

export const UPSTREAMS: readonly string[] = [...new Set(Object.values(OWNERS))]
