/**
 * Texts in a step's evidence come from the smoke host longer than they are kept: a secret that its cut has gone through
 * would not be found, so the end of a text that may have been cut is dropped after secrets have been taken out.
 */
import type { StepEvidence } from '../../kernel/evidence.ts'

/** Characters of one text that are kept. */
export const KEPT_TEXT = 200
/** The longest secret of which no part can be left at the end of a text. */
const OVERHANG = 200
/** Characters of one text that the smoke host sends at most; one of exactly that length may have been cut. */
export const HOST_TEXT = KEPT_TEXT + OVERHANG

/** @param redact takes secrets out of one text. */
export function trimEvidence(evidence: StepEvidence, redact: (text: string) => string): StepEvidence {
  const trim = (text: string): string => trimText(text, redact)
  const { requests, checks, omitted } = evidence
  return {
    ...(requests && {
      requests: requests.map((request) => ({
        ...request,
        path: trim(request.path),
        ...(request.sent === undefined ? {} : { sent: trim(request.sent) }),
        ...(request.answer === undefined ? {} : { answer: trim(request.answer) }),
        ...(request.fault === undefined ? {} : { fault: trim(request.fault) }),
      })),
    }),
    ...(checks && {
      checks: checks.map((check) => ({
        ...check,
        what: trim(check.what),
        expected: trim(check.expected),
        received: trim(check.received),
      })),
    }),
    ...(omitted && { omitted }),
  }
}

function trimText(text: string, redact: (text: string) => string): string {
  const clean = redact(text)
  const whole = text.length < HOST_TEXT
  const end = Math.min(KEPT_TEXT, whole ? clean.length : clean.length - OVERHANG)
  return end === clean.length ? clean : `${clean.slice(0, Math.max(0, end)).toWellFormed()}…`
}
