import type { ForgetWork } from '../../review/types.ts'
import type { DoWork } from '../types.ts'
import { repositoryPrefix } from './state-keys.ts'

/** The app may no more work on the repository: nothing of it is kept. */
export const forgetWork: DoWork<ForgetWork> = async ({ state, repositories }, { repository }, run) => {
  const keys = [...(await state.list(repositoryPrefix(repository))).keys()]
  if (keys.length > 0) await state.put(new Map(keys.map((key) => [key, undefined])))
  await repositories.forget(repository)
  run.log.info('forgotten', { keys: keys.length })
}
