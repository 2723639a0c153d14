import { dangerTexts } from '../../src/compare/compare.ts'
import { codeBlock, generatedNote, markdownTable } from './markdown.ts'

/** Every danger: what, why, example, fix; in the order in which a review tells them. */
export function dangersPage(): string {
  const texts = Object.values(dangerTexts)
  return [
    generatedNote,
    '# Dangers',
    'What a review of a change puts first: what a reviewer should look at before anything else. The name is stable. High: data or service may be lost, or security weakens. A danger may be told as less or more than its usual severity where it says so. Changes that are equal but for the cluster are told once.',
    markdownTable(
      ['Danger', 'Severity', 'What it says'],
      texts.map(({ name, severity, what }) => [`[\`${name}\`](#${name})`, severity, what]),
    ),
    ...texts.map(({ name, severity, what, why, example, fix }) =>
      [
        `## ${name}`,
        `${severity === 'high' ? 'High' : 'Medium'}. ${what} ${why}`,
        codeBlock(example, 'diff'),
        `**What to do.** ${fix}`,
      ].join('\n\n'),
    ),
    '',
  ].join('\n\n')
}
