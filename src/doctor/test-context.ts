/** For this room's tests: a machine on which all is well, and a context that tells a check about it. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { renderDiagnostics } from '../stack/diagnostic.ts'
import { parseStack } from '../stack/parse.ts'
import type { Stack } from '../stack/types.ts'
import type { CheckContext } from './check.ts'
import type { System } from './system.ts'

export function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'doctor-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The stack of a text that must be right. */
export function stackOf(text: string, file = '/project/stack.toml'): Stack {
  const parsed = parseStack(text, file)
  if (!parsed.ok) throw new Error(renderDiagnostics(parsed.error))
  return parsed.value
}

const GIB = 2 ** 30

/** Nothing runs, everything is there. */
function calmSystem(facts: Partial<System> = {}): System {
  return {
    platform: 'linux',
    nodeVersion: '24.21.0',
    execPath: '/usr/bin/node',
    listListeners: () => [],
    holdersOf: () => [],
    listFamily: () => [],
    inodesOf: () => new Set(),
    sampleUsage: () => Promise.resolve(undefined),
    listLeases: () => [],
    releaseLeasesOf: () => [],
    listRunProcesses: () => [],
    listRunFolders: () => [],
    removeFolder: () => Promise.resolve(undefined),
    measureSpace: () =>
      Promise.resolve({ freeBytes: 50 * GIB, totalBytes: 100 * GIB, freeInodes: 1e6, totalInodes: 2e6 }),
    openFileLimit: () => 20_000,
    availableMemory: () => 8 * GIB,
    resolveCommand: ({ program }) => ({ ok: true, value: `/usr/bin/${program}` }),
    runCommand: () => Promise.reject(new Error('no command was to be run')),
    ...facts,
  }
}

export interface ContextOptions extends Partial<Omit<CheckContext, 'system'>> {
  readonly system?: Partial<System>
}

export function contextOf(options: ContextOptions = {}): CheckContext {
  const { system, ...rest } = options
  return {
    file: rest.stack?.file ?? '/project/stack.toml',
    stack: undefined,
    diagnostics: [],
    root: rest.stack?.root ?? '/project',
    env: {},
    verb: (name) => `smokechain ${name}`,
    runningStack: () => Promise.resolve(undefined),
    deadSupervisor: () => undefined,
    signal: new AbortController().signal,
    ...rest,
    system: calmSystem(system),
  }
}

/** A program that has ended with 0 and written this. */
export const said = (stdout: string, code = 0, stderr = '') =>
  Promise.resolve({
    ok: true as const,
    value: { code, signal: null, stdout: Buffer.from(stdout), stderr },
  })
