/**
 * A fault proxy: `node proxy.ts <fault> <daemon's command …>`. It stands where the daemon would stand, runs the real
 * daemon behind itself on a port of its own, lets everything pass, and breaks the one behaviour that the fault names.
 * Told to the daemon's caller it is the daemon: its log line, its words on a taken address, its exit code, its
 * signals. It and the daemon are one process group, so that what kills the one kills the other.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { ALL_FAULTS } from './catalogue.ts'
import { type Address, readBind, readFolder, replaceBind } from './daemon-config.ts'
import type { Fault } from './fault.ts'
import { pass } from './pass.ts'

const [id = '', ...command] = process.argv.slice(2)
const found = ALL_FAULTS.find((one) => one.id === id)
if (!found && id !== 'none') throw new Error(`there is no fault "${id}"`)
const fault: Pick<Fault, 'breaks' | 'taken' | 'forgets'> = found ?? {}

const file = process.env['LAKEHOUSE_CONFIG'] ?? ''
const config = readFileSync(file, 'utf8')
const service = /lakehouse\/(\w+)\/main\.ts/.exec(command.join(' '))?.[1] ?? ''
const bind = readBind(config, service)
const start = countStart()
const address = Promise.withResolvers<Address>()
let daemon: ChildProcess | undefined

const server = createServer((request, response) => void serve(request, response))
server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
  const { code, rawPacket } = error
  // The caller has gone in the middle of its request: so must the request to the daemon.
  if (rawPacket === undefined || code === 'HPE_INVALID_EOF_STATE') {
    socket.destroy()
    return
  }
  // What is no HTTP is the daemon's to answer.
  void address.promise.then(({ host, port }) => {
    const upstream = connect(port, host, () => upstream.write(rawPacket))
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
    upstream.pipe(socket)
  })
})
server.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error
  runAsCopy()
})
server.listen(bind, () => {
  if (fault.forgets !== undefined && start > 1) {
    rmSync(readFolder(config, service, fault.forgets), { recursive: true, force: true })
  }
  runBehind()
})
// Whoever started us may stop listening to what we say, as a smoke does that has read the address.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
process.on('exit', () => daemon?.kill('SIGKILL'))
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => daemon?.kill(signal))

/** How often this daemon of this run has been started, this time included. */
function countStart(): number {
  const counter = `${file}.${service}.starts`
  let before = 0
  try {
    before = Number(readFileSync(counter, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return before + 1
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await pass(request, response, await address.promise, fault.breaks ?? [], start)
}

/** The daemon itself, on a port of its own. */
function runBehind(): void {
  writeFileSync(`${file}.${service}.starts`, String(start))
  const own = `${file}.${service}-behind.toml`
  writeFileSync(own, replaceBind(config, service, '127.0.0.1:0'), { mode: 0o600 })
  const child = run({ ...process.env, LAKEHOUSE_CONFIG: own })
  child.stderr?.pipe(process.stderr)
  const { port } = server.address() as { port: number }
  const shown = `${bind.host}:${port}`
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const behind = /"msg":"listening"/.test(line) ? /"address":"([\d.]+):(\d+)"/.exec(line) : null
    if (behind) address.resolve({ host: behind[1] ?? '', port: Number(behind[2]) })
    process.stdout.write(`${behind ? line.replaceAll(`${behind[1]}:${behind[2]}`, shown) : line}\n`)
  })
}

/** The address is taken: what the daemon says to that is its own, unless that is what the fault is about. */
function runAsCopy(): void {
  const child = run(process.env)
  child.stdout?.pipe(process.stdout)
  if (fault.taken === 'says-nothing') child.stderr?.resume()
  else if (fault.taken === 'names-no-address') {
    child.stderr?.on('data', () => process.stderr.write(`${service}: cannot start\n`))
  } else child.stderr?.pipe(process.stderr)
}

function run(env: NodeJS.ProcessEnv): ChildProcess {
  const [program = '', ...args] = command
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  daemon = child
  child.on('close', (code, signal) => {
    if (signal !== null) process.kill(process.pid, signal)
    else process.exit(fault.taken === 'exits-0' ? 0 : (code ?? 1))
  })
  return child
}
