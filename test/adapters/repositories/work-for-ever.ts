/** Opens the repository, says where, and goes on until it is killed: `work-for-ever.ts FOLDER URL`. */
import { createRepositories } from '../../../src/adapters/git/repositories/repositories.ts'

const [folder = '', url = ''] = process.argv.slice(2)
const repositories = await createRepositories({
  ...{ folder, maxBytes: 2 ** 30, now: () => Date.now(), environment: process.env },
})
const repository = { installation: 12, owner: 'acme', name: 'fleet' }
const working = await repositories.open(repository, {
  url,
  token: () => Promise.resolve('ghs_secretOfTheParent'),
})
await working.fetch(['refs/heads/main'])
process.stdout.write(`${working.folder}\n`)
setInterval(() => undefined, 1000)
