import { runGit } from './git-process.ts'
import { createObjectReader, type ObjectReader } from './object-reader.ts'

/** A repository that one run reads: its objects by one process, its configuration once. */
export interface GitRepository {
  readonly folder: string
  readonly objects: ObjectReader
  readonly config: () => Promise<GitConfig>
  /**
   * What a partial clone lacks of a commit, listed once: to go through its tree costs more than most questions. Whoever
   * fetches takes out what came.
   */
  readonly missing: (commit: string, list: () => Promise<Set<string>>) => Promise<Set<string>>
}

/** Every setting that counts there. Keys as git prints them: section and variable in lower case. */
export interface GitConfig {
  /** The one that counts of several; `true` where the key stands alone. */
  get(key: string): string | undefined
  isTrue(key: string): boolean
  /** Each value of the keys that match, in the order of the files, with what the first `(…)` of the pattern is. */
  match(pattern: RegExp): readonly { readonly name: string; readonly key: string; readonly value: string }[]
}

export function openGitRepository(folder: string): GitRepository {
  let config: Promise<GitConfig> | undefined
  const missing = new Map<string, Promise<Set<string>>>()
  return {
    folder,
    objects: createObjectReader(folder),
    config: () => (config ??= readConfig(folder)),
    missing(commit, list) {
      const known = missing.get(commit) ?? list()
      missing.set(commit, known)
      return known
    },
  }
}

/** For whoever has no more than a folder. */
export function toGitRepository(repository: GitRepository | string): GitRepository {
  return typeof repository === 'string' ? openGitRepository(repository) : repository
}

/** As `git config --type=bool` reads a value. */
function isTrue(value = ''): boolean {
  return /^(?:true|yes|on|-?[1-9]\d*)$/i.test(value)
}

/** Empty where git has none: what cannot be read is said by whatever is asked next. */
async function readConfig(folder: string): Promise<GitConfig> {
  const { exitCode, stdout } = await runGit({ folder, args: ['config', '--list', '-z'] })
  // `<key>\n<value>\0`; a key without a value stands for true.
  const settings = (exitCode === 0 ? stdout.toString() : '')
    .split('\0')
    .filter((text) => text !== '')
    .map((text) => {
      const [key = '', ...lines] = text.split('\n')
      return { key, value: lines.length === 0 ? 'true' : lines.join('\n') }
    })
  const values = new Map(settings.map(({ key, value }) => [key, value]))
  return {
    get: (key) => values.get(key),
    isTrue: (key) => isTrue(values.get(key)),
    match: (pattern) =>
      settings.flatMap(({ key, value }) => {
        const found = pattern.exec(key)
        return found ? [{ name: found[1] ?? '', key, value }] : []
      }),
  }
}
