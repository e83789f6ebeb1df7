/** Rows of a report for one case. What is beyond is counted, and counts as new. */
export const MOST = { divergences: 500, noise: 200, unproven: 200 } as const
