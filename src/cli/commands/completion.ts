/** `smokechain completion SHELL`: a script that completes the command line in that shell. */
import type { Command } from 'commander'
import { asError, complain } from '../complain.ts'
import { renderBash } from '../completion/bash.ts'
import { renderFish } from '../completion/fish.ts'
import { describeProgram, type ProgramModel } from '../completion/model.ts'
import { valuesOf } from '../completion/values.ts'
import { renderZsh } from '../completion/zsh.ts'
import { ExitCode } from '../exit-codes.ts'
import { unknownName } from '../names.ts'

const SHELLS: Readonly<Record<string, (model: ProgramModel) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
}

/** Prints the script. @returns the exit code. */
export function completion(shell: string, program: Command): number {
  const render = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
  if (!render) return complain([asError(unknownName('shell', shell, Object.keys(SHELLS)))], ExitCode.usage)
  process.stdout.write(render(describeProgram(program, valuesOf)))
  return ExitCode.ok
}
