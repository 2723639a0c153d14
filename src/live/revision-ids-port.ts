/** Looks into commits of the past of the rendered branch. */
export interface RevisionIds {
  /**
   * Git ids of folders or files of a commit, by path; paths that it lacks are absent. Undefined where the commit is not at
   * hand, as in a shallow clone. Throws EnvironmentError.
   */
  idsAt(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, string> | undefined>
}
