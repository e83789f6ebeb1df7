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

/**
 * Owners whose answer may take longer than the usual time-out while nothing moves: they work on a whole file, wait for
 * a model, or have a time limit of their own that should be the one to strike. Milliseconds.
 */
export const SLOW_OWNERS: Readonly<Record<string, number>> = {
  ingestd: 300_000,
  queryd: 60_000,
  matrixd: 60_000,
  observerd: 120_000,
  chatd: 120_000,
}
