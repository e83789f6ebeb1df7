/** To be imported first, for its effect: zod, Fastify and toml come from one file each, which halves a daemon's start. */
import { usePrebundled } from '../../scripts/prebundled.ts'

usePrebundled(['fastify', 'toml', 'zod'])
