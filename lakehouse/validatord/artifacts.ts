/** The shapes of the four kinds of artifact, and of the context each may be checked against. */
import { z } from 'zod'

const text = z.string()
/** E.164: a plus sign and up to fifteen digits. */
const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number like +15550100123')
const email = z.email('must be an e-mail address')

/** People proposed for the open places of an order. */
export const fillSchema = z.strictObject({
  role: text,
  location: text,
  count: z.int().positive(),
  candidates: z.array(z.strictObject({ id: text.min(1), name: text })),
})

export const emailSchema = z.strictObject({
  to: z.array(email).min(1),
  subject: text,
  body: text,
})

export const smsSchema = z.strictObject({ to: phone, body: text })

/** Steps of a procedure; `after` names the steps that come before. */
export const playbookSchema = z.strictObject({
  name: text,
  steps: z.array(z.strictObject({ id: text.min(1), action: text.min(1), after: z.array(text).default([]) })),
})

/** What an artifact is checked against. All of it optional; unknown fields are refused. */
export const contextSchema = z.strictObject({
  /** fill: what the order asked for. */
  role: text.optional(),
  location: text.optional(),
  count: z.int().positive().optional(),
  /** fill: ids that must not be proposed. */
  excluded: z.array(text).optional(),
  /** email, sms: names that the text must mention. */
  mentions: z.array(text).optional(),
  /** email, sms: addresses that asked not to be written to. */
  opted_out: z.array(text).optional(),
})

export type Fill = z.infer<typeof fillSchema>
export type Email = z.infer<typeof emailSchema>
export type Sms = z.infer<typeof smsSchema>
export type Playbook = z.infer<typeof playbookSchema>
export type CheckContext = z.infer<typeof contextSchema>
