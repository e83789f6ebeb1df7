/** An address to listen on: how it is written, and how it is said that it cannot be had. */
import { messageOf } from './message-of.ts'

/** `port` 0 lets the system choose. */
export interface Bind {
  readonly host: string
  readonly port: number
}

/** `host:port` or `[v6]:port`; undefined when the text is neither. */
export function parseBind(text: string): Bind | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+)):(\d{1,5})$/.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host === undefined || port > 65_535 ? undefined : { host, port }
}

/** As it is written: `127.0.0.1:3211`, `[::1]:3211`. */
export const showBind = ({ host, port }: Bind): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is already in use',
  EACCES: 'not permitted',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
}

/** One line on stderr, and the end. */
export function fail(service: string, reason: string, code: number): never {
  process.stderr.write(`${service}: ${reason}\n`)
  process.exit(code)
}

/** The end of a daemon that cannot have its address: one line with address and reason, exit 1. */
export function failToListen(service: string, bind: Bind, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = REASONS[code] ?? messageOf(error)
  return fail(service, `cannot listen on ${showBind(bind)}: ${why}${code === '' ? '' : ` (${code})`}`, 1)
}
