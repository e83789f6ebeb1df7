/** Where leased ports are taken from: outside the range from which the kernel hands ports to anybody who asks for one. */
import { readFileSync } from 'node:fs'
import { hasCode } from '../kernel/errno.ts'

export interface PortRange {
  readonly first: number
  readonly last: number
}

const PREFERRED: PortRange = { first: 20_000, last: 32_767 }
const LOWEST = 10_000
const ENOUGH = 1_000
/** IANA's dynamic ports, the default of macOS. */
const DYNAMIC: PortRange = { first: 49_152, last: 65_535 }

/** The kernel's ephemeral ports (ip(7), ip_local_port_range). */
function readEphemeralRange(): PortRange {
  try {
    const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/)
    return { first: Number(first), last: Number(last) }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return DYNAMIC
    throw error
  }
}

/**
 * 20000-32767 where the kernel leaves it alone, as it does by default; otherwise the larger free part below or above.
 * A machine that gives all of it away keeps the preferred range: a port taken in between is then found out at binding.
 */
export function choosePortRange(ephemeral: PortRange = readEphemeralRange()): PortRange {
  if (ephemeral.first > PREFERRED.last || ephemeral.last < PREFERRED.first) return PREFERRED
  const below = { first: LOWEST, last: ephemeral.first - 1 }
  const above = { first: ephemeral.last + 1, last: 65_535 }
  const larger = below.last - below.first >= above.last - above.first ? below : above
  return larger.last - larger.first >= ENOUGH ? larger : PREFERRED
}
