/** The section `[matrixd]`. */
import { z } from 'zod'
import { bindSchema } from '../kit/config.ts'

export const configSchema = z.strictObject({
  bind: bindSchema,
  /** Folder of the playbooks' log. */
  data: z.string().min(1),
  /** Patterns of model names; `*` stands for any characters. */
  strong_models: z.array(z.string().min(1)).default([]),
  weak_models: z.array(z.string().min(1)).default([]),
  /** Billions of parameters from which on a model whose name tells its size is strong. */
  strong_from_billions: z.number().positive().default(30),
  relevance_threshold: z.number().min(-1).max(1).default(0.2),
  playbook: z
    .strictObject({
      similarity: z.number().min(0).max(1).default(0.5),
      max_boost: z.number().min(0).max(10).default(0.5),
    })
    .prefault({}),
})
