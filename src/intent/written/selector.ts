import { z } from 'zod'

export const writtenLabelSelector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
})

/** A LabelSelector since v1beta1; kubectl's selector text before. */
export const writtenSelector = z.union([z.string(), writtenLabelSelector])

export type WrittenSelector = z.infer<typeof writtenSelector>
