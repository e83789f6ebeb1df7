/**
 * `smokechain verify`: wires the rooms together for one run. Loads the stack, finds the smokes, prepares the
 * ground, runs the chain, and writes the ledger; the exit code is the verdict's.
 */
import { resolve } from 'node:path'
import { prepareGround } from '../../chain/prepare.ts'
import { runChain } from '../../chain/run.ts'
import { createEventStream } from '../../chain/stream.ts'
import { unsupportedPlatform } from '../../host/platform.ts'
import type { Emit } from '../../kernel/event.ts'
import { renderFailure } from '../../kernel/failure-text.ts'
import { openJournal } from '../../ledger/journal.ts'
import { createRunDirectory } from '../../ledger/run-dir.ts'
import { createVerdict } from '../../ledger/verdict.ts'
import { discoverSmokes } from '../../smoke/discover.ts'
import type { SmokeProblem } from '../../smoke/types.ts'
import { renderDiagnostics } from '../../stack/diagnostic.ts'
import { loadStack } from '../../stack/load.ts'
import { ExitCode } from '../exit-codes.ts'
import { toolVersion } from '../program.ts'
import { createReporter } from '../render/reporter.ts'
import { selectSmokes } from '../select.ts'
import { watchSignals } from '../signals.ts'
import { findStackFile } from '../stack-file.ts'
