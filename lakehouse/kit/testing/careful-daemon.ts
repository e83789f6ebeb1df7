/** For tests: looks at its address first, says so, and then is the echo daemon. */
import { refuseTakenAddress } from '../taken-address.ts'

await refuseTakenAddress('echod')
process.stdout.write(`${JSON.stringify({ msg: 'goes on' })}\n`)
await import('./echo-daemon.ts')
