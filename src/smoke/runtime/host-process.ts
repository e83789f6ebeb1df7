/**
 * The smoke host: a process of its own in which TypeScript smokes run, one at a time, so that none of them can take
 * the tool down. Started by `smoke-host.ts` with an IPC channel; reused while it stays clean, killed otherwise.
 */

import { realpathSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isSmokeDefinition, type SmokeDefinition } from '../define.ts'
import type { Surroundings } from './create-context.ts'
import { describeThrown } from './errors.ts'
import { watchSpawns, watchWorkers } from './leftovers.ts'
import { loadSmoke } from './load-smoke.ts'
import type { Control, Envelope, FromHost, RunOrder, ToHost } from './messages.ts'
import { runSmoke } from './run-smoke.ts'
import { describeInFlight, SmokeState } from './state.ts'

const channel = process.argv[2] ?? ''
const api = pathToFileURL(fileURLToPath(new URL('../api.ts', import.meta.url))).href
const definitions = new Map<string, SmokeDefinition>()
const controls = new Map<number, (done: { failure?: string; pid?: number }) => void>()
let state: SmokeState | undefined
let spawned = false
let lastControl = 0

// Bound now: a smoke may replace what it likes on `process`.
const sendToTool = process.send?.bind(process)
const write = process.stdout.write.bind(process.stdout)

function send(message: FromHost): void {
  if (!process.connected) process.exit(1)
  const envelope: Envelope<FromHost> = { smokechain: channel, message }
  sendToTool?.(envelope)
}

// Smokes may live in any project: the bare name always means this tool.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'smokechain' ? { url: api, shortCircuit: true } : next(specifier, context),
})
Error.stackTraceLimit = 40
watchWorkers()
watchSpawns(() => {
  spawned = true
})
// One stream, so that a smoke's log has its lines in the order in which they were written.
process.stderr.write = process.stdout.write.bind(process.stdout) as typeof process.stderr.write

process.on('disconnect', () => process.exit(1))
process.on('unhandledRejection', (reason) => {
  if (state?.isRecorded(reason)) return
  // Once it is over, what was cut off may reject; unless nothing was, and nothing has failed.
  if (state && (!state.isOver || state.failures.length === 0)) state.breaksFromOutside('rejected', reason)
  else if (!state) send({ type: 'late', detail: `a promise was rejected: ${describeThrown(reason)}` })
})
process.on('uncaughtException', (error) => {
  if (state && (!state.isOver || state.failures.length === 0)) state.breaksFromOutside('threw', error)
  else if (!state) send({ type: 'late', detail: describeThrown(error) })
})
process.on('message', (envelope: Envelope<ToHost>) => {
  if (envelope?.smokechain === channel) void handle(envelope.message)
})
send({ type: 'ready' })

async function handle(message: ToHost): Promise<void> {
  switch (message.type) {
    case 'load':
      return await load(message.call, message.file)
    case 'run':
      return await run(message.call, message.order)
    case 'controlled': {
      const { call, type: _, ...done } = message
      controls.get(call)?.(done)
      controls.delete(call)
      return
    }
    case 'report': {
      const waitingFor = describeInFlight(state?.inFlight ?? [])
      return send({ type: 'report', call: message.call, waitingFor })
    }
  }
}

async function load(call: number, file: string): Promise<void> {
  const path = realpathSync(file)
  const loaded = await loadSmoke(path)
  // A rejection that the file has left unhandled is told before the file counts as loaded.
  await new Promise(setImmediate)
  if (!loaded.ok) return send({ type: 'not-loaded', call, problems: loaded.problems })
  definitions.set(file, loaded.definition)
  const { run: _, ...described } = loaded.definition
  send({ type: 'loaded', call, described })
}

async function run(call: number, order: RunOrder): Promise<void> {
  const path = realpathSync(order.file)
  const current = new SmokeState(order.id, path, order.trial)
  state = current
  spawned = false
  const env = { ...process.env }
  process.env['SMOKECHAIN_OWNER'] = order.owner
  process.chdir(order.root)
  const definition = definitions.get(order.file) ?? (await reload(current, order.file, path))
  const finished = definition
    ? await runSmoke(definition, current, surroundings(order), () => spawned)
    : { failures: current.failures, dirty: true, spawned }
  restoreEnvironment(env)
  // What is written before this line belongs to this smoke's log.
  write(order.boundary, () => {
    state = undefined
    send({ type: 'finished', call, finished })
  })
}

/** In a host that has replaced another the file is not loaded yet. */
async function reload(current: SmokeState, file: string, path: string): Promise<SmokeDefinition | undefined> {
  const loaded = await loadSmoke(path)
  if (loaded.ok && isSmokeDefinition(loaded.definition)) {
    definitions.set(file, loaded.definition)
    return loaded.definition
  }
  if (!loaded.ok) for (const problem of loaded.problems) current.breaks('load', problem.message)
  return undefined
}

function surroundings(order: RunOrder): Surroundings {
  return {
    order,
    send,
    control: (control: Control) => {
      lastControl += 1
      const call = lastControl
      return new Promise((resolve) => {
        controls.set(call, resolve)
        send({ type: 'control', call, control })
      })
    },
    log: (line) => {
      write(`${line}\n`)
    },
  }
}

function restoreEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  for (const [name, value] of Object.entries(env)) if (process.env[name] !== value) process.env[name] = value
}
