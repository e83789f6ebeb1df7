/** The name of a run, by which its directory, its leases and its processes are found. */
import { randomBytes } from 'node:crypto'

/** Time of the call (UTC) and a random part: `20261120T100200.123Z-ab12cd`. */
export function createRunId(): string {
  const time = new Date().toISOString().replaceAll('-', '').replaceAll(':', '')
  return `${time}-${randomBytes(3).toString('hex')}`
}
