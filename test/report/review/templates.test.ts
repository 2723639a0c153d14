import { describe, expect, test } from 'vitest'
import { formatComment } from '../../../src/report/review/comment.ts'
import { readTemplates } from './read-templates.ts'
import { review } from './sample-review.ts'
import { scanMarkdown } from './scan-markdown.ts'

describe('templates of the repository', () => {
  test('stand for those of the same name, whose texts stay harmless', async () => {
    const own = await readTemplates({ 'footer.md.hbs': '\nAsk {{reproduce}} or `#fleet`.\n' })
    const { body, templateFault } = formatComment(review({ reproduce: '@everyone <b>' }), { templates: own })
    expect(templateFault).toBeUndefined()
    expect(body).toContain('Ask `@everyone <b>` or `#fleet`.')
    expect(body).not.toContain('Kustomize')
  })

  test.each([
    ['cannot be parsed', '{{#if link}}', 'footer.md.hbs'],
    ['asks for what there is not', '{{lnik}}', 'comment.md.hbs'],
    ['calls what there is not', '{{evil reproduce}}', 'footer.md.hbs'],
    ['includes itself', '{{> footer}}', 'comment.md.hbs'],
    ['gives too much', 'x'.repeat(100_000), 'comment.md.hbs'],
  ])('one that %s is left out and told', async (_, text, template) => {
    const own = await readTemplates({ 'footer.md.hbs': text })
    const { body, templateFault } = formatComment(review({ reproduce: '@everyone' }), { templates: own })
    expect(templateFault).toMatchObject({
      code: 'report/template-unusable',
      severity: 'warning',
      holds: 'nothing',
    })
    expect(templateFault?.message).toContain(`the template ${template} of the repository was not used: `)
    expect(body).toContain('Kustomize')
    expect(scanMarkdown(body).prose).not.toContain('@everyone')
  })
})

test('a template gets at a text through the helpers alone', async () => {
  const own = await readTemplates({
    'footer.md.hbs': '[{{reproduce.constructor}}{{reproduce.reveal}}{{reproduce.__proto__}}]\n',
  })
  const { body, templateFault } = formatComment(review({ reproduce: '@everyone' }), { templates: own })
  expect(templateFault).toBeUndefined()
  expect(body).toContain('\n[]\n')
  expect(body).not.toContain('everyone')
})
