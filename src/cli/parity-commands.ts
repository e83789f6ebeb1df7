/** The verb `parity`: are two implementations of one contract alike? */
import type { Command } from 'commander'
import { PARITY_FORMATS } from './parity-reports.ts'

/** @param finish takes the exit code. */
export function addParityCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('parity')
    .description('send the same requests to two implementations of one contract, and compare the answers')
    .argument('<cases>', 'cases file: the requests, and how their answers are compared (TOML)')
    .option('--left <target>', 'a base URL (http://…), or a daemon of the stack file, which is then booted')
    .option('--right <target>', 'the other one (default for both: as the cases file says)')
    .option('--stack <file>', 'stack file, or the name of one in stacks/ (default: as the cases file says)')
    .option('--gaps <file>', 'file of known gaps (default: as the cases file says)')
    .option('--only <case...>', 'only these cases')
    .option(
      '--reporter <name[=file]>',
      `${PARITY_FORMATS.join(', ')}; to a file, or to standard output; may be repeated`,
      (one: string, before: readonly string[] = []) => [...before, one],
    )
    .option('--json', 'short for --reporter json')
    .addHelpText(
      'after',
      `
Each side is asked twice: what differs from itself is noise, and shown as such.
A side that does not answer is UNKNOWN, never a match. Known gaps are counted; a
divergence that is not among them fails.

Examples:
  smokechain parity parity/validator.toml
  smokechain parity api.toml --left http://[::1]:80 --right http://[::1]:81
  smokechain parity api.toml --stack dev --left gateway --right http://[::1]:81
  smokechain parity api.toml --reporter text --reporter markdown=parity.md

Exit codes: 0 alike, or known gaps only; 1 a new divergence, or something
leaked; 2 usage or invalid files; 3 a side is not up, or a case is unknown;
4 no case is selected; 70 fault of the tool; 130/143 interrupted.`,
    )
    .action(async (cases: string, options) => {
      const { parity } = await import('./commands/parity.ts')
      finish(await parity(cases, options))
    })
}
