/** `[doctor]` as written: patterns of log lines, and the S3 store to ask. */
import { z } from 'zod'
import { checked, filled, pattern } from './fields.ts'

const endpoint = checked((text) =>
  /^(https?:\/\/[^\s/]|\{url\.|\{env\.)/.test(text)
    ? undefined
    : {
        message: `"${text}" is no endpoint`,
        hint: 'a URL, e.g. "http://127.0.0.1:9000", or "{url.NAME}" of a daemon',
      },
)

const logPattern = z.strictObject({
  match: pattern.meta({
    description: 'JavaScript regular expression on one line of a log.',
    examples: ['license expired'],
  }),
  cause: filled.meta({ description: 'What it means, in a sentence.', examples: ['the license has expired'] }),
  remedy: filled.meta({
    description: 'The exact command or edit that mends it.',
    examples: ['./bin/renew-license'],
  }),
})

const s3 = z.strictObject({
  endpoint: endpoint.meta({
    description: 'Where it answers; may hold placeholders.',
    examples: ['{url.minio}', 'https://s3.eu-central-1.amazonaws.com'],
  }),
  region: filled.optional().meta({
    description: 'Region that requests are signed for.',
    default: 'us-east-1',
    examples: ['eu-central-1'],
  }),
  bucket: filled.meta({ description: 'The bucket that must be there and writable.', examples: ['shop'] }),
  access_key_id: filled.meta({ description: 'Who asks.', examples: ['{env.S3_ACCESS_KEY}'] }),
  secret_access_key: filled.meta({ description: 'Never shown.', examples: ['{env.S3_SECRET_KEY}'] }),
})

export const doctor = z.strictObject({
  patterns: z
    .array(logPattern)
    .optional()
    .meta({
      description: 'Causes to recognise in logs, before the built-in ones.',
      default: [],
      examples: [[{ match: 'license expired', cause: 'the license has expired', remedy: './bin/renew' }]],
    }),
  s3: s3.optional().meta({
    description: 'An S3 store that the stack needs: asked whether it answers, lets in, and can be written.',
    examples: [{ endpoint: '{url.minio}', bucket: 'shop' }],
  }),
})
