/** What keeps a stack from being written as units. Pure. */

import { findLeasedPorts } from '../stack/outside.ts'
import type { Problem } from '../stack/problem.ts'
import type { ResolvedDaemon } from '../stack/resolve.ts'
import type { Stack } from '../stack/types.ts'
import { findUnwritable, findUnwritablePath, isVariableName } from './quote.ts'
import type { SystemdOptions } from './types.ts'

/** Found before a placeholder is filled in: names that systemd does not take, ports that are leased for a run. */
export function checkForSystemd(stack: Stack): Problem[] {
  const leased = findLeasedPorts(
    stack,
    'port 0 is leased for one run of the tool; a unit needs a port that stays, e.g. "127.0.0.1:3211"',
  )
  if (/^[A-Za-z0-9_.-]{1,100}$/.test(stack.name)) return leased
  const unfit: Problem = {
    path: ['name'],
    at: 'value',
    message: `"${stack.name}" cannot be part of a unit's name`,
    hint: 'letters, digits, dots, - and _, at most 100',
  }
  return [unfit, ...leased]
}

/** @param secrets none of them empty: that would be in every text. */
export const holdsSecret = (text: string, secrets: readonly string[]): boolean =>
  secrets.some((secret) => text.includes(secret))

/** Sentences; none when all can be written. */
export function listFaults(o: SystemdOptions): string[] {
  const named: readonly (readonly [path: string | undefined, what: string])[] = [
    [o.outDir, 'the folder of the units'],
    [o.dataDir, 'the folder of the data'],
    [o.resolved.stack.file, 'the stack file'],
    ...o.tool.filter((word) => word.startsWith('/')).map((word) => [word, 'this tool'] as const),
    ...[...o.resolved.daemons].flatMap(([name, { cwd }]) => [
      [cwd, `the working directory of ${name}`] as const,
      [o.programs.get(name), `the program of ${name}`] as const,
    ]),
  ]
  const paths = named.flatMap(([path, what]) =>
    path === undefined ? [] : findPathFault(path, what, o.scope),
  )
  const daemons = [...o.resolved.daemons.values()]
  const isUser = /^([A-Za-z_][A-Za-z0-9_-]*|\d+)$/.test(o.runAs)
  const user = o.scope === 'user' || isUser ? [] : [`${JSON.stringify(o.runAs)} is no name of a user`]
  return [...user, ...paths, ...daemons.flatMap((daemon) => findFaults(daemon, o.resolved.secrets))]
}

function findPathFault(path: string, what: string, scope: SystemdOptions['scope']): string[] {
  const fault = findUnwritablePath(path)
  if (fault !== undefined) return [`${what} (${JSON.stringify(path)}) ${fault}; a unit cannot name it`]
  if (scope === 'system' && /^\/(var\/)?tmp(\/|$)/.test(path)) {
    return [
      `${what} is ${path}: units get a /tmp of their own and could not see it; choose a folder that stays`,
    ]
  }
  return []
}

function findFaults({ name, command, env }: ResolvedDaemon, secrets: readonly string[]): string[] {
  const faults: string[] = []
  if (command.some((word) => holdsSecret(word, secrets))) {
    faults.push(
      `${name}: its command holds a secret, and everybody can read a unit and the process table; put it into \`env\``,
    )
  }
  const inCommand = command.map(findUnwritable).find((fault) => fault !== undefined)
  if (inCommand !== undefined) faults.push(`${name}: a word of its command ${inCommand}`)
  for (const [variable, value] of Object.entries(env)) {
    if (!isVariableName(variable)) {
      faults.push(`${name}: systemd ignores a variable named "${variable}"; letters, digits and _ only`)
    }
    const fault = findUnwritable(value)
    if (fault !== undefined) faults.push(`${name}: the value of ${variable} ${fault}`)
  }
  return faults
}
