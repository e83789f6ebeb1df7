/** How a person calls a verb again: through just where this is its own repository, else as it was called. */
import { join, relative, resolve } from 'node:path'
import { usualStack } from './usual-stack.ts'

/** `npx -y rust-just verify --stack minio`. @param stack as it was given. */
export function nameVerb(verb: string, stack: string): string {
  const flag = resolve(stack) === resolve(usualStack(verb)) ? '' : ` --stack ${stack}`
  const launcher = process.argv[1] ?? 'smokechain'
  const own = relative(process.cwd(), launcher) === join('src', 'smokechain.mjs')
  return `${own ? 'npx -y rust-just' : `node ${launcher}`} ${verb}${flag}`
}
