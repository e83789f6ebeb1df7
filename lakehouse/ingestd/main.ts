/** ingestd: not on an address that another holds, and then `start.ts`. */
import '../kit/prebundled.ts'
import { refuseTakenAddress } from '../kit/taken-address.ts'

await refuseTakenAddress('ingestd')
await import('./start.ts')
