/** What the configuration says of a model provider: where it is, how long to wait, where its key is. */
import { z } from 'zod'
import { durationSchema } from './units.ts'

const MAX_TIMEOUT_MS = 3_600_000

/** An http(s) URL without credentials, which would end up in logs. */
export const providerUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
    error: 'must hold no credentials; name the key in api_key_env',
  })

/** A duration of 1 ms to 1 h, in milliseconds; 30 s unless given. */
export const providerTimeoutSchema = durationSchema
  .refine((ms) => ms >= 1 && ms <= MAX_TIMEOUT_MS, 'must be 1ms to 1h')
  .default(30_000)

/**
 * The key in the environment variable `variable`. Throws an `Error` with one line, which names `where` in the
 * configuration and never the value, when it is not set or cannot stand in an HTTP header.
 */
export function readApiKey(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  where: string,
): string {
  const key = env[variable]
  if (key === undefined || key === '')
    throw new Error(`${where}: the environment variable ${variable} is not set`)
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new Error(
      `${where}: the environment variable ${variable} holds spaces or characters that no key has`,
    )
  }
  return key
}
