/** How a person calls a verb again: through just where this is its own repository, else as it was called. */
import { join, relative, resolve } from 'node:path'

const KEPT_UP = ['up', 'down', 'status', 'logs', 'restart']

/** `npx -y rust-just verify --stack minio`. @param stack as it was given. */
export function nameVerb(verb: string, stack: string): string {
  const standard = KEPT_UP.includes(verb) ? 'stacks/persistent.toml' : 'stacks/dev.toml'
  const flag = resolve(stack) === resolve(standard) ? '' : ` --stack ${stack}`
  const launcher = process.argv[1] ?? 'smokechain'
  const own = relative(process.cwd(), launcher) === join('src', 'smokechain.mjs')
  return `${own ? 'npx -y rust-just' : `node ${launcher}`} ${verb}${flag}`
}
