/** Templates of environment files: names and what they are for, never a value. Pure. */
import type { Stack } from '../stack/types.ts'
import { listVariables } from './variables.ts'

/** For one daemon's `EnvironmentFile=`. */
export function renderEnvTemplate(daemon: string, path: string, names: readonly string[]): string {
  return [
    `# What ${daemon} is told in secret. Fill in the values, then:`,
    `#   install -m 600 THIS ${path}`,
    '# systemd.exec(5), EnvironmentFile=: NAME=value, one a line; "…" around a value keeps blanks and #.',
    ...names.map((name) => `${name}=`),
    '',
  ].join('\n')
}

/** For whoever runs the tool itself on this stack: the variables that its file reads. */
export function renderStackEnvTemplate(stack: Stack, file: string): string {
  const variables = listVariables(stack)
  const head = `# What the stack file of "${stack.name}" reads as {env.NAME}. Fill in, keep it to yourself (chmod 600), then:`
  if (variables.length === 0) return `# The stack file of "${stack.name}" reads no {env.NAME}.\n`
  return [
    head,
    `#   set -a; . ./${file}; set +a`,
    ...variables.flatMap(({ name, readBy, required }) => [
      '',
      `# ${required ? 'required' : 'optional, the stack file has a default'}; read by ${readBy.join(', ')}`,
      required ? `${name}=` : `#${name}=`,
    ]),
    '',
  ].join('\n')
}
