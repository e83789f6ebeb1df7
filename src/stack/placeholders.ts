/**
 * Placeholders in strings: `{root}`, `{bind.storaged}`, `{env.HOME}`, `{env.PORT:-80}`. `{{` and `}}` are literal braces.
 * This file knows the grammar and which names exist; `resolve.ts` knows the values.
 */
import { nearest } from '../kernel/text.ts'

export interface PlaceholderPart {
  readonly kind: 'placeholder'
  readonly source: string
  readonly key: string
  readonly name?: string
  /** For `env`: what stands for a variable that is not set, or empty. */
  readonly fallback?: string
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | PlaceholderPart
  | { readonly kind: 'bad'; readonly source: string; readonly message: string; readonly hint: string }

const BRACES = 'write {{ and }} for literal braces'
const ALONE = ['root', 'data', 'config', 'bind', 'port']
const NAMED = ['bind', 'port', 'url', 'env']
const SPELLINGS = [...ALONE, 'bind.NAME', 'port.NAME', 'url.NAME', 'env.VAR'].map((text) => `{${text}}`)

/** Splits a string; text parts have their doubled braces made single. */
export function splitTemplate(template: string): Part[] {
  const parts: Part[] = []
  for (const [source] of template.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (source === '{{' || source === '}}') parts.push({ kind: 'text', text: source.slice(1) })
    else if (source === '{' || source === '}') {
      parts.push({ kind: 'bad', source, message: `a single \`${source}\``, hint: BRACES })
    } else if (source.startsWith('{')) parts.push(readPlaceholder(source))
    else parts.push({ kind: 'text', text: source })
  }
  return parts
}

function readPlaceholder(source: string): Part {
  const inner = source.slice(1, -1)
  const dot = inner.indexOf('.')
  const key = dot < 0 ? inner : inner.slice(0, dot)
  const name = dot < 0 ? undefined : inner.slice(dot + 1)
  if (name === undefined && ALONE.includes(key)) return { kind: 'placeholder', source, key }
  if (key === 'env') {
    const [, variable, , fallback] = /^([A-Za-z_]\w*)(:-(.*))?$/s.exec(name ?? '') ?? []
    if (variable !== undefined) {
      const otherwise = fallback === undefined ? {} : { fallback }
      return { kind: 'placeholder', source, key, name: variable, ...otherwise }
    }
  } else if (name && NAMED.includes(key)) return { kind: 'placeholder', source, key, name }
  const bad = (message: string, hint: string): Part => ({ kind: 'bad', source, message, hint })
  if (NAMED.includes(key)) {
    return bad(
      `unknown placeholder \`${source}\``,
      `\`${key}\` takes a name: {${key}.${key === 'env' ? 'VAR' : 'NAME'}}`,
    )
  }
  const near = inner.length > 40 ? undefined : (nearest(key, [...ALONE, ...NAMED]) ?? undefined)
  const suggestion =
    near === undefined
      ? ''
      : `; did you mean \`{${name !== undefined && NAMED.includes(near) ? `${near}.${name}` : ALONE.includes(near) ? near : `${near}.NAME`}}\`?`
  return bad(
    `unknown placeholder \`${shorten(source)}\`${suggestion}`,
    `there are ${SPELLINGS.join(' ')}; ${BRACES}`,
  )
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…}` : text)

/** What a placeholder may speak of at one place of the file. */
export interface TemplateScope {
  /** The daemon the string belongs to; absent in `[config]`. */
  readonly daemon?: string
  /** Bind names of every daemon, first one first. */
  readonly binds: ReadonlyMap<string, readonly string[]>
  readonly hasConfig: boolean
}

export interface TemplateProblem {
  /** The text in the string that is wrong. */
  readonly source: string
  readonly message: string
  readonly hint?: string
  /** The name might exist were the file whole (it has syntax errors, too). */
  readonly unknownName?: boolean
}

/** Everything wrong with the placeholders of one string. */
export function checkTemplate(template: string, scope: TemplateScope): TemplateProblem[] {
  if (!/[{}]/.test(template)) return []
  return splitTemplate(template).flatMap((part): TemplateProblem[] => {
    if (part.kind === 'bad') return [part]
    if (part.kind === 'text') return []
    const { source, key, name } = part
    if (key === 'config' && !scope.hasConfig) {
      return [{ source, message: '`{config}`: the file has no [config] to hand over', unknownName: true }]
    }
    if (key !== 'bind' && key !== 'port' && key !== 'url') return []
    if (name !== undefined) return checkName(source, key, name, scope)
    if (scope.daemon === undefined) {
      return [
        {
          source,
          message: `\`${source}\` stands for a daemon's own socket; here no daemon speaks`,
          hint: `name the daemon: {${key}.NAME}`,
        },
      ]
    }
    return scope.binds.get(scope.daemon)?.length
      ? []
      : [
          {
            source,
            message: `\`${source}\`: daemon \`${scope.daemon}\` has no bind`,
            hint: 'give it one: bind = "127.0.0.1:0"',
            unknownName: true,
          },
        ]
  })
}

function checkName(source: string, key: string, name: string, scope: TemplateScope): TemplateProblem[] {
  if (findSocket(name, scope) !== undefined) return []
  const [daemon = '', ...rest] = name.split('.')
  const binds = scope.binds.get(daemon)
  const suggest = (word: string, known: readonly string[], prefix = '') => {
    const near = word.length > 64 || known.length > 500 ? undefined : nearest(word, known)
    return near === undefined ? '' : `; did you mean \`{${key}.${prefix}${near}}\`?`
  }
  if (binds !== undefined && binds.length === 0) {
    return [{ source, message: `\`${source}\`: daemon \`${daemon}\` has no bind`, unknownName: true }]
  }
  if (binds !== undefined) {
    const wrong = rest.join('.')
    return [
      {
        source,
        message: `\`${source}\`: daemon \`${daemon}\` has no bind \`${wrong}\`${suggest(wrong, binds, `${daemon}.`)}`,
        hint: `its binds: ${binds.join(', ')}`,
        unknownName: true,
      },
    ]
  }
  const own = scope.daemon === undefined ? [] : (scope.binds.get(scope.daemon) ?? [])
  const known = [...scope.binds].filter(([, names]) => names.length > 0).map(([key]) => key)
  const missing = `\`${shorten(source)}\` names no daemon${scope.daemon === undefined ? '' : ' or own bind'}`
  return [{ source, message: `${missing}${suggest(name, [...known, ...own])}`, unknownName: true }]
}

/**
 * Which socket a NAME means: a daemon (its first bind), `daemon.bind`, or one of the own daemon's bind names.
 * Own bind names never equal a daemon's name: the loader refuses that.
 */
export function findSocket(name: string, scope: TemplateScope): { daemon: string; bind: string } | undefined {
  const [daemon = '', ...rest] = name.split('.')
  const bind = rest.join('.')
  const binds = scope.binds.get(daemon)
  if (rest.length > 0) return binds?.includes(bind) ? { daemon, bind } : undefined
  const first = binds?.[0]
  if (first !== undefined) return { daemon, bind: first }
  const own = scope.daemon
  return own !== undefined && binds === undefined && scope.binds.get(own)?.includes(name)
    ? { daemon: own, bind: name }
    : undefined
}
