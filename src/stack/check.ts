/**
 * Rules that span keys: who needs whom, the chain, sockets, probes, placeholders, marks of secrets. They read
 * the file as parsed, so that they find everything even where the schema has complaints; what has the wrong
 * type is passed over, since the schema has said so.
 */
import { checkProbes } from './check-probes.ts'
import { checkSockets, readSockets } from './check-sockets.ts'
import { checkTemplates } from './check-templates.ts'
import { checkName } from './fields.ts'
import { checkNeeds, listedTwice } from './needs.ts'
import type { Problem } from './problem.ts'
import { checkSecretMarks } from './secrets.ts'
import { type Table, tableOf } from './toml-values.ts'

/**
 * @param file as parsed, made plain (`toPlain`).
 * @returns rule by rule, not in the order of the text. Empty: it keeps them all.
 */
export function checkRules(file: Table): Problem[] {
  const daemons = tableOf(file['daemons'])
  const sockets = readSockets(daemons)
  return [
    ...checkNames(daemons),
    ...checkChain(file['chain']),
    ...checkNeeds(daemons),
    ...checkSockets(daemons, sockets),
    ...checkCommands(daemons),
    ...checkEnvironments(file),
    ...checkProbes(daemons),
    ...checkTemplates(file, sockets),
    ...checkSecretMarks(file),
  ]
}

function checkNames(daemons: Table): Problem[] {
  return Object.keys(daemons).flatMap((name) => {
    const complaint = checkName(name)
    return complaint === undefined ? [] : [{ path: ['daemons', name], at: 'key', ...complaint } as const]
  })
}

function checkChain(chain: unknown): Problem[] {
  if (!Array.isArray(chain)) return []
  if (chain.length === 0) {
    return [
      {
        path: ['chain'],
        at: 'value',
        message: '`chain` is empty: nothing would be proved',
        hint: 'name the smokes in order, or leave `chain` out of a stack that is only started',
      },
    ]
  }
  return listedTwice(['chain'], chain)
}

function checkCommands(daemons: Table): Problem[] {
  const commands = Object.keys(daemons).flatMap((name) => {
    const daemon = tableOf(daemons[name])
    return [
      { path: ['daemons', name, 'command'], command: daemon['command'] },
      ...['ready', 'alive'].map((key) => ({
        path: ['daemons', name, key, 'command'],
        command: tableOf(daemon[key])['command'],
      })),
    ]
  })
  return commands.flatMap(({ path, command }): Problem[] => {
    if (!Array.isArray(command)) return []
    if (command.length === 0)
      return [
        {
          path,
          at: 'value',
          message: '`command` is empty',
          hint: 'program and arguments: ["./bin/api", "--verbose"]',
        },
      ]
    const [program] = command
    if (typeof program !== 'string') return []
    if (program.trim() === '')
      return [{ path: [...path, 0], at: 'value', message: '`command` names no program' }]
    return command.length === 1 && /\s/.test(program.trim())
      ? [
          {
            path: [...path, 0],
            at: 'value',
            message: `no shell splits "${program}" into words`,
            hint: `one string a word: [${program
              .trim()
              .split(/\s+/)
              .map((word) => JSON.stringify(word))
              .join(', ')}]`,
          },
        ]
      : []
  })
}

function checkEnvironments(file: Table): Problem[] {
  const daemons = tableOf(file['daemons'])
  const environments = [
    { path: ['defaults', 'env'], env: tableOf(file['defaults'])['env'] },
    ...Object.keys(daemons).map((name) => ({
      path: ['daemons', name, 'env'],
      env: tableOf(daemons[name])['env'],
    })),
  ]
  return environments.flatMap(({ path, env }) =>
    Object.keys(tableOf(env))
      .filter((name) => name === '' || name === '__proto__' || /[=\0]/.test(name))
      .map(
        (name) =>
          ({
            path: [...path, name],
            at: 'key',
            message: `"${name}" is no name of an environment variable`,
          }) as const,
      ),
  )
}
