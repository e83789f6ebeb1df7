/** Builds what a smoke's `run` is given: its daemons and the helpers, and clear errors for anything else. */
import { nearest } from '../../kernel/text.ts'
import type { Context, DaemonHandle, StackHandle, Tools } from '../context.ts'
import { skip } from '../skip.ts'
import type { DaemonDescription } from '../types.ts'
import { unique } from '../unique.ts'
import { createDaemonHandle } from './daemon-handle.ts'
import { ExpectationFailed } from './errors.ts'
import type { Control, FromHost, RunOrder } from './messages.ts'
import type { SmokeState } from './state.ts'
import { createExpect, createStep } from './steps.ts'
import { createWithin } from './within.ts'

/** What the host process lends to a smoke. */
export interface Surroundings {
  readonly order: RunOrder
  send(message: FromHost): void
  /** Has the tool act on the stack; resolves to what went wrong, if anything, and the daemon's process id. */
  control(control: Control): Promise<{ readonly failure?: string; readonly pid?: number }>
  log(line: string): void
}

/** What the smoke asks for and may not have throws, and is recorded as a failure of the smoke, whoever catches it. */
export function createContext(state: SmokeState, given: Surroundings): Context<string> {
  const { order } = given
  const daemons = new Map<string, DaemonHandle>(
    order.daemons.map((daemon) => [daemon.name, createDaemonHandle(state, daemon, given.log)]),
  )
  const needs = [...daemons.keys()]
  const refuse = (name: string, helpers: readonly string[]): never =>
    state.misuse(describeUnknown(name, needs, order.known, helpers))
  const tools: Tools<string> = {
    step: createStep(state, given.send, order.claims),
    expect: createExpect(state),
    within: createWithin(state),
    unique,
    stack: createStack(state, given, (name) => refuse(name, [])),
    skip,
    log: (...values) =>
      given.log(values.map((v) => (typeof v === 'string' ? v : JSON.stringify(v))).join(' ')),
    signal: state.signal,
    root: order.root,
    dataDir: order.dataDir,
    daemons: guard(Object.fromEntries(daemons), (name) => refuse(name, [])),
  }
  const members: Record<string, unknown> = { ...Object.fromEntries(daemons), ...tools }
  const context = guard(members, (name) => refuse(name, Object.keys(tools)))
  // Exactly the daemons that the smoke's `needs` name, as Context<N> says.
  return context as Context<string>
}

/** Properties that do not exist are errors, not `undefined`. `then` is asked for by every `await`. */
function guard<T extends object>(members: T, refuse: (name: string) => never): T {
  return new Proxy(Object.freeze(members), {
    get: (target, key, receiver) => {
      if (typeof key !== 'string' || key === 'then' || Reflect.has(target, key)) {
        return Reflect.get(target, key, receiver)
      }
      return refuse(key)
    },
  })
}

function describeUnknown(
  name: string,
  needs: readonly string[],
  known: readonly string[],
  helpers: readonly string[],
): string {
  const list = `[${needs.join(', ')}]`
  if (known.includes(name)) return `${name} is not in this smoke's needs: ${list}; add it there`
  const near = nearest(name, [...helpers, ...needs, ...known])
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  return helpers.length > 0
    ? `no helper and no daemon is called "${name}"; this smoke's needs: ${list}${hint}`
    : `no daemon is called "${name}"; this smoke's needs: ${list}${hint}`
}

function createStack(state: SmokeState, given: Surroundings, refuse: (name: string) => never): StackHandle {
  const pids = new Map<string, number | undefined>(given.order.daemons.map((d) => [d.name, d.pid]))
  const find = (name: string): DaemonDescription =>
    given.order.daemons.find((daemon) => daemon.name === name) ?? refuse(name)
  const act = async (control: Control): Promise<void> => {
    const what = `stack.${control.verb}("${control.daemon}")`
    state.assertOpen(what)
    find(control.daemon)
    const location = state.here()
    const done = await state.track(what, () => given.control(control))
    pids.set(control.daemon, done.pid)
    if (done.failure === undefined) return
    throw new ExpectationFailed({
      mismatches: [{ what, expected: 'to succeed', received: done.failure }],
      location,
    })
  }
  const withSignal = (o: { signal?: NodeJS.Signals } = {}) =>
    o.signal === undefined ? {} : { signal: o.signal }
  return {
    restart: (name, o) => act({ verb: 'restart', daemon: name, ...withSignal(o) }),
    stop: (name, o) => act({ verb: 'stop', daemon: name, ...withSignal(o) }),
    start: (name) => act({ verb: 'start', daemon: name }),
    describe: (name) => {
      const { pid: _, ...description } = find(name)
      const pid = pids.get(name)
      return pid === undefined ? description : { ...description, pid }
    },
  }
}
