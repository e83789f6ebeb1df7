/** Where a side is asked. */
import { err, ok, type Result } from '../kernel/result.ts'

export interface Target {
  readonly host: string
  readonly port: number
  /** Before every case's path; without a trailing slash. */
  readonly prefix: string
  /** As it is shown: without what might be a password. */
  readonly url: string
}

/** Whether the text is meant as a URL and not as the name of a daemon. */
export const isUrl = (text: string): boolean => text.includes('://')

/**
 * A base URL: `http:`, port 80 unless it says another, no user, no query, no fragment. The error is one line for
 * people.
 */
export function parseTarget(text: string): Result<Target, string> {
  const url = URL.parse(text)
  if (url === null) return err(`"${text}" is no URL`)
  if (url.protocol !== 'http:') {
    return err(`"${text}": only plain http:// is spoken; for TLS, put a local proxy in front of it`)
  }
  if (url.username !== '' || url.password !== '') {
    return err('a URL with a user or a password is not taken; give an authorization header in the cases file')
  }
  if (url.search !== '' || url.hash !== '') return err(`"${text}": a base URL has no query and no fragment`)
  const prefix = url.pathname.replace(/\/+$/, '')
  // A bracketed IPv6 address is a URL's spelling only.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return ok({ host, port: Number(url.port || 80), prefix, url: `${url.origin}${prefix}` })
}
