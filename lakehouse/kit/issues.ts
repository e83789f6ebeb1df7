/** Zod's issues as one sentence that names the field: for answers to callers and for configuration errors. */
import type { z } from 'zod'

/** `columns[0].type`, or nothing for the value as a whole. */
function renderPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`,
    )
    .join('')
}

/** The dotted path of the first field at fault, if the fault is in a field. */
export function faultyField(error: z.ZodError): string | undefined {
  const issue = error.issues[0]
  if (issue === undefined) return undefined
  const extra = issue.code === 'unrecognized_keys' && issue.keys[0] !== undefined ? [issue.keys[0]] : []
  const path = renderPath([...issue.path, ...extra])
  return path === '' ? undefined : path
}

/** Every fault, each with its field, joined by "; ". */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const path = renderPath(issue.path)
      if (issue.code === 'unrecognized_keys') {
        const names = issue.keys.map((key) => `"${renderPath([...issue.path, key])}"`)
        return `unknown field${names.length === 1 ? '' : 's'} ${names.join(', ')}`
      }
      return path === '' ? issue.message : `${path}: ${issue.message}`
    })
    .join('; ')
}
