/** All that a black-box test needs. */
export { expectNothingLeft } from './leftovers.ts'
export { createProject, type Project, processesOf, projectOfTwo, projectWith } from './project.ts'
export * from './stacks.ts'
export { findFreePort, holdPort } from './stranger.ts'
export { type Finished, runTool, startTool, startVerify, type Tool, verify } from './tool.ts'
export { until } from './until.ts'
export { causes, ledger, report, settle } from './words.ts'
