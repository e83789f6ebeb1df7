/** The probes of one incarnation. They are made before it is spawned, so that nothing it does goes unseen. */
import type { Child } from '../host/spawn.ts'
import { createProbe, type Probe, type ProbeContext } from '../readiness/create.ts'
import { listenerTable } from '../readiness/listeners.ts'
import type { ReadySpec } from '../stack/types.ts'

export interface ProbeSet {
  readonly ready: readonly Probe[]
  readonly alive: readonly Probe[]
  attach(child: Child): void
  dispose(): void
}

/** `attach` is called once, when the process is there; `dispose` in the end, also when it never came to be. */
export function createProbes(context: ProbeContext): ProbeSet {
  const { daemon } = context
  const ready = readySpecs(context).map((spec) => createProbe(spec, context))
  const alive = daemon.alive.map((spec) => createProbe(spec, context))
  const all = [...ready, ...alive]
  return {
    ready,
    alive,
    attach(child) {
      for (const probe of all) probe.attach?.(child)
    },
    dispose() {
      for (const probe of all) probe.dispose?.()
    },
  }
}

/** Where nothing is asked for, listening is enough; a system that does not tell who listens is asked by connecting. */
function readySpecs({ daemon }: ProbeContext): readonly ReadySpec[] {
  if (daemon.ready.length > 0 || listenerTable.recent() !== undefined) return daemon.ready
  return daemon.binds.map((bind) => ({ kind: 'tcp', bind: bind.name }))
}
