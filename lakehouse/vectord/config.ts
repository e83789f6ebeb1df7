/** The section `[vectord]`. */
import { z } from 'zod'
import { bindSchema } from '../kit/config.ts'

export const configSchema = z.strictObject({ bind: bindSchema })
