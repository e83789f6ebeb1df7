/** What the renderers of units are told, and what they give back. */
import type { ResolvedDaemon, ResolvedStack } from '../stack/resolve.ts'

export interface SystemdOptions {
  readonly resolved: ResolvedStack
  /** Absolute path of each daemon's program. */
  readonly programs: ReadonlyMap<string, string>
  /** `user`: for `systemctl --user`, with the hardening that works there. */
  readonly scope: 'system' | 'user'
  /** Who runs the daemons; for `system`. */
  readonly runAs: string
  /** Absolute folder where the files are, and stay: units name the others by their place in it. */
  readonly outDir: string
  /** Absolute; undefined when the stack keeps no data. */
  readonly dataDir: string | undefined
  /** Absolute path of the rendered `[config]`. */
  readonly configPath: string
  /** Program and first arguments of this tool, absolute: it is the readiness check. */
  readonly tool: readonly string[]
}

/** A daemon's variables: what a unit may show, and what stands in its environment file. */
export interface Environment {
  readonly open: readonly (readonly [name: string, value: string])[]
  readonly hidden: readonly string[]
}

export interface ServiceOptions extends SystemdOptions {
  readonly daemon: ResolvedDaemon
  readonly environment: Environment
  /** What all units of the stack begin with. */
  readonly prefix: string
  /** Arguments of the readiness check, after the tool's own; empty: nothing can be asked. */
  readonly checkArguments: readonly string[]
}

export interface RenderedFile {
  readonly name: string
  readonly text: string
  /** It holds values that are nobody else's business. */
  readonly secret: boolean
}

export interface RenderedUnits {
  readonly files: readonly RenderedFile[]
  /** What the units cannot do; one sentence each. */
  readonly remarks: readonly string[]
}
