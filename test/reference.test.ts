import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkReference, referencePages } from '../build/reference.ts'

const root = resolve(import.meta.dirname, '..')

test('docs/reference is what the code says', async () => {
  expect(await checkReference(root)).toBe(true)
})

test('pages link to pages that there are', async () => {
  const pages = await referencePages()
  const links = [...pages]
    .filter(([page]) => page.endsWith('.md'))
    .flatMap(([page, text]) =>
      [...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, link = '']) => ({ page, link })),
    )
  expect(links.length).toBeGreaterThan(10)
  expect(links.filter(({ link }) => !link.startsWith('http') && !pages.has(link))).toEqual([])
})

test('links to a diagnostic lead to its heading', async () => {
  const page = (await referencePages()).get('diagnostics.md') ?? ''
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, code = '']) => code.replace('/', ''))
  const anchors = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
  expect(anchors).toEqual(headings)
})
