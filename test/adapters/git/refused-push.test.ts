import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { createRemotePlace } from '../../../src/adapters/git/branch-place.ts'

const base = 'a'.repeat(40)
const commit = 'b'.repeat(40)

/** A remote that can be read, and whose pushes end like this. */
function pushEnding(stdout: string) {
  const place = createRemotePlace('/nowhere', 'https://github.test/acme/fleet.git', (_, args) => {
    const answer = (exitCode: number, text: string) =>
      Promise.resolve({ exitCode, stdout: Buffer.from(text), stderr: 'the remote end hung up\n' })
    return args[0] === 'push' ? answer(1, stdout) : answer(0, `${base}\trefs/heads/rendered\n`)
  })
  return place.move('rendered', { base, commit })
}

test('a push that the remote refuses is not tried again', async () => {
  const refused = `!\t${commit}:refs/heads/rendered\t[remote rejected] (protected branch hook declined)\n`
  await expect(pushEnding(refused)).rejects.toMatchObject({ retryable: false })
})

test('a push that the remote fails to take, while it can be read, may be tried again', async () => {
  await expect(pushEnding('')).rejects.toMatchObject({ retryable: true })
})
