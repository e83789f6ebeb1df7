/**
 * Acceptance gate: what the platform has acknowledged survives the end of everything at once. The smokes kill one daemon
 * at a time; here all daemons and their supervisor get SIGKILL the moment the last answer has come, and the stack comes
 * up again on the same data.
 */
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { bringUp, copyStack, type RunningStack, runGate, takeDown, withFolder } from './stack.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const TICKS_MS = 10_000

async function ask(
  url: string,
  method: string,
  body?: unknown,
  type = 'application/json',
): Promise<Response> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(url, {
    method,
    ...(text !== undefined && { body: text, headers: { 'content-type': type } }),
  })
  if (answer.ok) return answer
  throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
}

interface Written {
  readonly key: string
  readonly sha256: string
  readonly table: string
  readonly trace: string
  readonly event: string
}

/** One thing of each kind, acknowledged. */
async function write({ url }: RunningStack): Promise<Written> {
  const mark = randomBytes(6).toString('hex')
  const payload = randomBytes(200_000).toString('hex')
  const key = `crash/${mark}`
  const [table, event] = [`crash_${mark}`, `crash-${mark}`]
  const gateway = url('gateway')
  await ask(`${gateway}/v1/ingest/${table}`, 'POST', 'n,word\n1,one\n2,two\n3,three\n', 'text/csv')
  await ask(`${gateway}/v1/events`, 'POST', { id: event, kind: 'crash', source: mark, payload: {} })
  const trace = await ask(`${gateway}/v1/traces`, 'POST', { content: `remember ${mark}`, tags: [mark] })
  const { id }: { id: string } = JSON.parse(await trace.text())
  await ask(`${gateway}/v1/objects/${key}`, 'PUT', payload, 'application/octet-stream')
  return { key, table, event, trace: id, sha256: createHash('sha256').update(payload).digest('hex') }
}

/** @returns what is missing. */
async function readBack({ url }: RunningStack, written: Written): Promise<string[]> {
  const gateway = url('gateway')
  const looks: [what: string, look: () => Promise<boolean>][] = [
    [
      'the object, byte for byte',
      async () => sha256(await get(`/v1/objects/${written.key}`)) === written.sha256,
    ],
    ['the trace', async () => (await get(`/v1/traces/${written.trace}`)).includes(written.trace)],
    ['the event', async () => (await get(`/v1/events?source=${sourceOf(written)}`)).includes(written.event)],
    ['the rows', async () => await hasRows(gateway, written.table)],
  ]
  const get = async (path: string): Promise<string> => await (await ask(`${gateway}${path}`, 'GET')).text()
  const missing: string[] = []
  for (const [what, look] of looks) {
    const there = await tell(look)
    say(
      `  ${there === true ? 'there:  ' : 'MISSING:'} ${what}${typeof there === 'string' ? ` (${there})` : ''}`,
    )
    if (there !== true) missing.push(what)
  }
  return missing
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const sourceOf = ({ event }: Written): string => event.replace('crash-', '')

async function tell(look: () => Promise<boolean>): Promise<boolean | string> {
  try {
    return await look()
  } catch (error) {
    // A refusal is an answer, too: it is not there.
    return error instanceof Error ? error.message : String(error)
  }
}

/** The query daemon sees the catalog with its next tick: asked until it does, or until the time is over. */
async function hasRows(gateway: string, table: string): Promise<boolean> {
  const deadline = performance.now() + TICKS_MS
  for (;;) {
    const sql = `SELECT count(*) AS n, sum(n) AS total FROM ${table}`
    const answer = await fetch(`${gateway}/v1/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
    })
    const text = await answer.text()
    if (answer.ok) return compareRows(text)
    if (performance.now() > deadline) throw new Error(text)
  }
}

/** Sums of 64-bit integers come as text, so that nothing of them is lost. */
function compareRows(answer: string): boolean {
  const { rows }: { rows: unknown[][] } = JSON.parse(answer)
  if (rows.length === 1 && rows[0]?.map(Number).join() === '3,6') return true
  throw new Error(`not 3 rows that add up to 6: ${JSON.stringify(rows)}`)
}

/** Everything at once, the supervisor first, so that it restarts nothing. */
function killAll({ supervisor, daemons }: RunningStack): void {
  for (const pid of [supervisor, ...daemons.map(({ pid: id }) => id)]) process.kill(pid, 'SIGKILL')
}

await runGate(() =>
  withFolder(async (folder) => {
    const stack = copyStack(folder, join(folder, 'data'))
    try {
      const before = await bringUp(stack)
      const written = await write(before)
      killAll(before)
      say(`${before.daemons.length} daemons and their supervisor were killed after the last answer`)
      const missing = await readBack(await bringUp(stack), written)
      say(missing.length === 0 ? 'all of it is still there' : `lost: ${missing.join(', ')}`)
      return missing.length === 0
    } finally {
      await takeDown(stack)
    }
  }),
)
