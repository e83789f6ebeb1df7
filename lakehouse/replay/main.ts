/** The replay job: `start.ts`, with what it needs loaded quickly. */
import '../kit/prebundled.ts'

await import('./start.ts')
