/** Keys and tokens in what reviewers answer: taken out before it is written, by value and by the look of well-known kinds. */
import { createRedactor } from '../kernel/redact.ts'
import { isSecretName } from '../stack/secrets.ts'

export interface Cleaner {
  /** The text without keys, and how many were in it. */
  clean(text: string): { readonly text: string; readonly redacted: number }
}

/** Only forms that nothing but a key has; a false hit would falsify what a reviewer said. */
const KEY_FORMS = [
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{40,}/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[0-9A-Za-z_-]{35}\b/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  /\bBearer\s+[A-Za-z0-9._~+/-]{20,}=*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
]
const MASK = '[redacted]'
/** A shorter value (`1`, `none`) would be found in plain words. */
const SHORTEST = 8

/** @param token of the chat endpoint. Values of the environment's variables that are named like secrets go as well. */
export function createCleaner(token: string | undefined, env: NodeJS.ProcessEnv): Cleaner {
  const values = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST && isSecretName(name) ? [value] : [],
  )
  const redactor = createRedactor([...values, ...(token === undefined ? [] : [token])])
  return {
    clean(text) {
      const byForm = KEY_FORMS.reduce((rest, form) => rest.replaceAll(form, MASK), redactor.text(text))
      return { text: byForm, redacted: countMasks(byForm) - countMasks(text) }
    },
  }
}

/** How many stretches of the text look like keys. */
export const countKeys = (text: string): number =>
  KEY_FORMS.reduce((sum, form) => sum + [...text.matchAll(form)].length, 0)

const countMasks = (text: string): number => text.split(MASK).length - 1
