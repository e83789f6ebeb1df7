/** Request headers with `{env.VAR}` filled in, and which of their values are secret. */

import { err, ok, type Result } from '../kernel/result.ts'
import { isSecretName } from '../stack/secrets.ts'
import type { ParityCase } from './suite-types.ts'

export interface FilledHeaders {
  readonly headers: Readonly<Record<string, string>>
  /** Values that must not be written anywhere. */
  readonly secrets: readonly string[]
}

const PLACEHOLDER = /\{env\.([A-Za-z_][A-Za-z0-9_]*)\}/g
const SECRET_HEADERS = ['authorization', 'proxy-authorization', 'cookie']

/** Fails for a variable that is not there, or that no header can hold. */
export function fillHeaders(one: ParityCase, env: NodeJS.ProcessEnv): Result<FilledHeaders, string> {
  const secrets: string[] = []
  const headers: Record<string, string> = {}
  for (const [name, template] of Object.entries(one.headers)) {
    const unusable = [...template.matchAll(PLACEHOLDER)].find(([, variable = '']) => !isUsable(env[variable]))
    if (unusable !== undefined) {
      const what = env[unusable[1] ?? ''] === undefined ? 'is not set' : 'cannot be part of a header'
      return err(`case "${one.name}": header ${name}: the environment variable ${unusable[1]} ${what}`)
    }
    const value = template.replace(PLACEHOLDER, (_, variable: string) => {
      secrets.push(env[variable] ?? '')
      return env[variable] ?? ''
    })
    // "Bearer abc": the second word is the secret.
    if (SECRET_HEADERS.includes(name) || isSecretName(name)) secrets.push(value, ...value.split(' ').slice(1))
    headers[name] = value
  }
  return ok({ headers, secrets })
}

const isUsable = (value: string | undefined): boolean =>
  value !== undefined && /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)
