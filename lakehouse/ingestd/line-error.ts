/** The error of an input that cannot be taken as it is: always with the line, so that it can be mended. */
import { ApiError } from '../kit/errors.ts'

/** 400 with `line`, counted from 1 in lines of the file (a quoted field may span several). */
export function lineError(code: string, line: number, message: string): ApiError {
  return new ApiError(400, code, `line ${line}: ${message}`, { details: { line } })
}

/** 400 about the input as a whole. */
export function inputError(code: string, message: string): ApiError {
  return new ApiError(400, code, message)
}

/** A piece of the input for a message: quoted, escaped, at most 60 characters. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}…`)
}
