/** The platform's version, as /health tells it. */
import manifest from '../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
