import { expect, test } from 'vitest'
import { createProgress } from '../../src/cli/progress.ts'

function record(isTerminal: boolean) {
  let text = ''
  let time = 0
  const output = { write: (more: string) => void (text += more), isTerminal, columns: 20 }
  return {
    progress: createProgress(output, () => new Date(time)),
    pass: (ms: number) => void (time += ms),
    text: () => text,
  }
}

test('a terminal has one line that is rewritten, not more often than the eye sees, and gone at the end', () => {
  const { progress, pass, text } = record(true)
  progress.update('manifests', 1, 300)
  progress.update('manifests', 2, 300)
  pass(100)
  progress.update('manifests', 3, 300)
  progress.end()
  expect(text()).toBe('\r\u001b[2Kmanifests 1/300\r\u001b[2Kmanifests 3/300\r\u001b[2K')
})

test('the line is never longer than the terminal', () => {
  const { progress, text } = record(true)
  progress.update('fetching oci://registry.example.com/charts/podinfo', 0, 0)
  expect(text()).toBe('\r\u001b[2Kfetching oci://regi')
})

test('a log has a line a stage and one for each tenth of a long one', () => {
  const { progress, text } = record(false)
  for (let done = 1; done <= 200; done += 1) progress.update('manifests', done, 200)
  progress.update('tree', 1, 3)
  progress.update('tree', 2, 3)
  progress.end()
  const lines = text().trimEnd().split('\n')
  expect(lines).toHaveLength(12)
  expect([lines[0], lines[1], lines.at(-1)]).toEqual(['manifests 1/200', 'manifests 20/200', 'tree 1/3'])
})
