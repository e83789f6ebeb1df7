/** `host:port` as a stack file writes it. Hosts are IP addresses or `localhost`: a name could bind anywhere. */

export interface HostPort {
  /** IPv6 without its brackets. */
  readonly host: string
  /** 0 to 65535; 0: a free one, leased for the run. */
  readonly port: number
}

const EXAMPLE = 'e.g. "127.0.0.1:0" (0: a free port), "127.0.0.1:8080" or "[::1]:8080"'

/** The address, or what is wrong with it. */
export function parseBind(text: string): HostPort | { readonly message: string; readonly hint: string } {
  const bad = (message: string, hint = EXAMPLE) => ({ message, hint })
  if (/[{}]/.test(text)) return bad(`"${text}" holds a placeholder; an address is written out`)
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text)
  if (!match) {
    if (/^\d+$/.test(text))
      return bad(`"${text}" is no address: the host is missing`, `write "127.0.0.1:${text}"`)
    if (isIpv6(text) || isIpv6(text.replace(/:\d+$/, ''))) {
      return bad(`"${text}": an IPv6 address stands in brackets`, 'e.g. "[::1]:0"')
    }
    return bad(`"${text}" is not host:port`)
  }
  const [, v6, name = '', portText = ''] = match
  const host = v6 ?? name
  if (!/^\d{1,5}$/.test(portText) || Number(portText) > 65_535) {
    return bad(`"${portText}" is no port: ports are whole numbers from 0 to 65535`)
  }
  if (host === '') return bad('the host is missing', `write "127.0.0.1:${portText}"`)
  if (v6 !== undefined ? !isIpv6(v6) : !isIpv4(host) && host !== 'localhost') {
    return bad(`"${host}" is no host to bind: write an IP address or localhost`)
  }
  return { host, port: Number(portText) }
}

/** `host:port`, with brackets around IPv6. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * @param host as `parseBind` gives it. An IPv4 address spelled as IPv6 (`::ffff:127.0.0.1`) is not taken for
 * loopback.
 */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || canonical(host) === '::1'
}

/** The host a client of this socket connects to: a wildcard is reached over loopback. */
export function clientHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return canonical(host) === '::' ? '::1' : host
}

/** Whether two fixed sockets cannot both be bound. */
export function collide(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.port === 0) return false
  const [left, right] = [canonical(a.host), canonical(b.host)]
  if (left === right || left === '::' || right === '::') return true
  const local = (host: string, other: string) =>
    host === 'localhost' && (other === '127.0.0.1' || other === '::1')
  if (local(left, right) || local(right, left)) return true
  return [left, right].includes('0.0.0.0') && !left.includes(':') && !right.includes(':')
}

function isIpv4(host: string): boolean {
  const parts = host.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
}

function isIpv6(host: string): boolean {
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(host) && URL.canParse(`http://[${host}]/`)
}

function canonical(host: string): string {
  return host.includes(':') ? new URL(`http://[${host}]/`).hostname.slice(1, -1) : host
}
