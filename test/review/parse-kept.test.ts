import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseKept } from '../../src/review/parse-kept.ts'

const schema = z.object({ at: z.number() })

test('what was kept is read again, and what is none of it counts as nothing', () => {
  expect(parseKept(schema, '{"at":3,"more":1}')).toEqual({ at: 3 })
  for (const text of [undefined, '', '{"at":', 'null', '{"at":"3"}'])
    expect(parseKept(schema, text)).toBeUndefined()
})
