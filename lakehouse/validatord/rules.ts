/**
 * The rules. Each check goes from the shape to the policy (Schema, Completeness, Consistency, Policy) and
 * stops at the first fault, so that an answer names one thing to mend.
 */
import type { z } from 'zod'
import { faultyField } from '../kit/issues.ts'
import {
  type CheckContext,
  type Email,
  emailSchema,
  type Fill,
  fillSchema,
  type Playbook,
  playbookSchema,
  type Sms,
  smsSchema,
} from './artifacts.ts'
import type { Policy } from './config.ts'
import type { Fault, FaultKind, Finding } from './fault.ts'

export const KINDS = ['fill', 'email', 'sms', 'playbook'] as const
export type Kind = (typeof KINDS)[number]

/** Lines longer than this are folded or cut by some mail programs (RFC 5322, 2.1.1). */
const SUBJECT_ADVICE = 78

type Check<T> = (artifact: T, context: CheckContext, policy: Policy) => Finding

const fault = (kind: FaultKind, field: string, reason: string): Finding => ({
  fault: { kind, field, reason },
  warnings: [],
})
const passed = (warnings: readonly string[] = []): Finding => ({ warnings })

const checkFill: Check<Fill> = (fill, context) => {
  for (const field of ['role', 'location'] as const) {
    if (fill[field].trim() === '') return fault('Completeness', field, 'is empty')
  }
  const unnamed = fill.candidates.findIndex((candidate) => candidate.name.trim() === '')
  if (unnamed >= 0) return fault('Completeness', `candidates[${unnamed}].name`, 'is empty')
  if (fill.candidates.length < fill.count) {
    return fault('Completeness', 'candidates', `${fill.candidates.length} of ${fill.count} places are filled`)
  }

  const repeated = firstRepeated(fill.candidates.map((candidate) => candidate.id))
  if (repeated >= 0) {
    const id = fill.candidates[repeated]?.id ?? ''
    return fault('Consistency', `candidates[${repeated}].id`, `"${id}" is proposed twice`)
  }
  if (fill.candidates.length > fill.count) {
    return fault('Consistency', 'candidates', `${fill.candidates.length} people for ${fill.count} places`)
  }
  for (const field of ['role', 'location', 'count'] as const) {
    const ordered = context[field]
    if (ordered !== undefined && ordered !== fill[field]) {
      return fault('Consistency', field, `is ${fill[field]}, but the order says ${ordered}`)
    }
  }

  const excluded = fill.candidates.findIndex(({ id }) => context.excluded?.includes(id))
  if (excluded >= 0) {
    const id = fill.candidates[excluded]?.id ?? ''
    return fault('Policy', `candidates[${excluded}].id`, `"${id}" is excluded from this order`)
  }
  return passed()
}

const checkEmail: Check<Email> = (email, context, policy) => {
  if (email.subject.trim() === '') return fault('Completeness', 'subject', 'is empty')
  const message = checkMessage(email.body, email.to, context, policy)
  if (message.fault) return message
  if (/[\r\n]/.test(email.subject)) return fault('Policy', 'subject', 'holds a line break')
  const long = email.subject.length > SUBJECT_ADVICE
  return passed(long ? [`subject is longer than ${SUBJECT_ADVICE} characters`] : [])
}

const checkSms: Check<Sms> = (sms, context, policy) => {
  const message = checkMessage(sms.body, [sms.to], context, policy)
  if (message.fault) return message
  // Counted in characters as people see them, not in UTF-16 units.
  const length = [...sms.body].length
  if (length > policy.sms_max_length) {
    return fault('Policy', 'body', `has ${length} characters; at most ${policy.sms_max_length} are allowed`)
  }
  return passed(/https?:\/\//.test(sms.body) ? ['body holds a link; some networks withhold those'] : [])
}

const checkPlaybook: Check<Playbook> = (playbook, _context, policy) => {
  if (playbook.name.trim() === '') return fault('Completeness', 'name', 'is empty')
  if (playbook.steps.length === 0) return fault('Completeness', 'steps', 'has no step')

  const ids = playbook.steps.map((step) => step.id)
  const repeated = firstRepeated(ids)
  if (repeated >= 0) {
    return fault('Consistency', `steps[${repeated}].id`, `"${ids[repeated]}" is used twice`)
  }
  const known = new Set<string>()
  for (const [i, step] of playbook.steps.entries()) {
    const unknown = step.after.find((id) => !known.has(id))
    if (unknown !== undefined) {
      const reason = ids.includes(unknown) ? `"${unknown}" comes later` : `there is no step "${unknown}"`
      return fault('Consistency', `steps[${i}].after`, reason)
    }
    known.add(step.id)
  }

  const forbidden = playbook.steps.findIndex((step) => policy.forbidden_actions.includes(step.action))
  if (forbidden >= 0) {
    const action = playbook.steps[forbidden]?.action ?? ''
    return fault('Policy', `steps[${forbidden}].action`, `"${action}" is not allowed in a playbook`)
  }
  return passed()
}

/** What e-mail and text messages have in common. */
function checkMessage(body: string, to: readonly string[], context: CheckContext, policy: Policy): Finding {
  if (body.trim() === '') return fault('Completeness', 'body', 'is empty')
  const lower = body.toLowerCase()
  const placeholder = /\{\{?\s*\w+\s*\}?\}/.exec(body)
  if (placeholder) return fault('Completeness', 'body', `${placeholder[0]} is not filled in`)
  const unmentioned = context.mentions?.find((name) => !lower.includes(name.toLowerCase()))
  if (unmentioned !== undefined) return fault('Consistency', 'body', `does not mention "${unmentioned}"`)
  const optedOut = to.find((address) => context.opted_out?.includes(address))
  if (optedOut !== undefined) return fault('Policy', 'to', `${optedOut} asked not to be written to`)
  if (/\b\d{3}-\d{2}-\d{4}\b/.test(body)) {
    return fault('Policy', 'body', 'holds what looks like a social security number')
  }
  const word = policy.forbidden_words.find((forbidden) => lower.includes(forbidden.toLowerCase()))
  if (word !== undefined) return fault('Policy', 'body', `holds the forbidden word "${word}"`)
  return passed()
}

/** Index of the first entry that stands earlier in the list too; -1 when there is none. */
function firstRepeated(values: readonly string[]): number {
  return values.findIndex((value, i) => values.indexOf(value) < i)
}

function checkWith<T>(
  schema: z.ZodType<T>,
  check: Check<T>,
): (artifact: unknown, context: CheckContext, policy: Policy) => Finding {
  return (artifact, context, policy) => {
    const parsed = schema.safeParse(artifact)
    return parsed.success
      ? check(parsed.data, context, policy)
      : { fault: schemaFault(parsed.error), warnings: [] }
  }
}

function schemaFault(error: z.ZodError): Fault {
  const issue = error.issues[0]
  const unknown = issue?.code === 'unrecognized_keys'
  return {
    kind: 'Schema',
    field: faultyField(error) ?? 'artifact',
    reason: unknown ? 'is not a field of this kind' : (issue?.message ?? 'has the wrong shape'),
  }
}

/** The check of each kind. */
export const CHECKS: Readonly<
  Record<Kind, (artifact: unknown, context: CheckContext, policy: Policy) => Finding>
> = {
  fill: checkWith(fillSchema, checkFill),
  email: checkWith(emailSchema, checkEmail),
  sms: checkWith(smsSchema, checkSms),
  playbook: checkWith(playbookSchema, checkPlaybook),
}
