/** What a benchmark says: `bench/<name>.ts` has a `Benchmark` as its default export. */

export interface Row {
  readonly what: string
  /** From docs/benchmarks.md; beside the figure, never asserted. */
  readonly target?: string
  /** Figures by name; the name ends in the unit where there is one. */
  readonly values: Readonly<Record<string, string | number>>
}

export interface Benchmark {
  readonly name: string
  run(): Promise<Row[]>
}

/** Undefined: the module is no benchmark, but something that benchmarks share. */
export function benchmarkOf(module: unknown): Benchmark | undefined {
  const found: unknown =
    typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined
  return isBenchmark(found) ? found : undefined
}

function isBenchmark(value: unknown): value is Benchmark {
  if (typeof value !== 'object' || value === null) return false
  return typeof Reflect.get(value, 'name') === 'string' && typeof Reflect.get(value, 'run') === 'function'
}
