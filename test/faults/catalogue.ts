/** Every fault there is: one file a smoke, at least three faults each; in the order of the chain. */
import { chatd } from './catalogue/chatd.ts'
import { d1 } from './catalogue/d1.ts'
import { d2 } from './catalogue/d2.ts'
import { d3 } from './catalogue/d3.ts'
import { d4 } from './catalogue/d4.ts'
import { d5 } from './catalogue/d5.ts'
import { d6 } from './catalogue/d6.ts'
import { downgrade } from './catalogue/downgrade.ts'
import { g1 } from './catalogue/g1.ts'
import { g1p } from './catalogue/g1p.ts'
import { g2 } from './catalogue/g2.ts'
import { materializer } from './catalogue/materializer.ts'
import { matrix } from './catalogue/matrix.ts'
import { observer } from './catalogue/observer.ts'
import { pathway } from './catalogue/pathway.ts'
import { playbook } from './catalogue/playbook.ts'
import { relevance } from './catalogue/relevance.ts'
import { replay } from './catalogue/replay.ts'
import { storagedCap } from './catalogue/storaged_cap.ts'
import { validatord } from './catalogue/validatord.ts'
import { workflow } from './catalogue/workflow.ts'
import type { Fault } from './fault.ts'

export const ALL_FAULTS: readonly Fault[] = [
  d1,
  d2,
  d3,
  d4,
  d5,
  d6,
  g1,
  g1p,
  g2,
  chatd,
  downgrade,
  matrix,
  observer,
  pathway,
  playbook,
  relevance,
  storagedCap,
  workflow,
  materializer,
  replay,
  validatord,
].flat()
