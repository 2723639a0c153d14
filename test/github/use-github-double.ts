import { onTestFinished } from 'vitest'
import { createGitHubDouble, type GitHubDouble, type GitHubDoubleOptions } from './github-double.ts'

/** For one test. */
export async function useGitHubDouble(options?: GitHubDoubleOptions): Promise<GitHubDouble> {
  const double = await createGitHubDouble(options)
  onTestFinished(() => double.close())
  return double
}
