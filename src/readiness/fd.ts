/**
 * Kind `fd`: the daemon writes a newline to an inherited descriptor when it is ready, as s6 defines it
 * (https://skarnet.org/software/s6/notifywhenup.html). Nothing is polled.
 */
import type { Child } from '../host/spawn.ts'
import type { ReadySpec } from '../stack/types.ts'
import type { Probe, ProbeAnswer } from './probe.ts'
import { whenAborted } from './when-aborted.ts'

const NEWLINE = 0x0a

/**
 * Until `attach`, an attempt only waits. Once the newline has come, every attempt holds; a descriptor that is closed
 * without one is fatal.
 */
export function createFdProbe(spec: Extract<ReadySpec, { kind: 'fd' }>): Probe {
  let settle: (answer: ProbeAnswer) => void = () => undefined
  const notified = new Promise<ProbeAnswer>((resolve) => {
    settle = resolve
  })
  return {
    kind: 'fd',
    waits: true,
    attach(child: Child) {
      const stream = child.extraFd(spec.fd)
      if (!stream) {
        settle({ ok: false, saw: `descriptor ${spec.fd} was not passed on`, fatal: true })
        return
      }
      stream.on('data', (chunk: Buffer) => {
        if (chunk.includes(NEWLINE)) settle({ ok: true, saw: `newline on descriptor ${spec.fd}` })
      })
      // Closed without a newline, it can never come.
      const closed = (): void =>
        settle({ ok: false, saw: `descriptor ${spec.fd} was closed without a newline`, fatal: true })
      stream.on('end', closed)
      stream.on('error', closed)
    },
    async attempt(signal) {
      const answer = await Promise.race([notified, whenAborted(signal)])
      return answer ?? { ok: false, saw: `no newline on descriptor ${spec.fd}` }
    },
  }
}
