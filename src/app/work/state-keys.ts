import { repositoryKey } from '../../review/review.ts'
import type { RepositoryId } from '../../review/types.ts'

/** Where the state store keeps what. Everything of a repository starts with the same. */
export function repositoryPrefix(repository: RepositoryId): string {
  return `${repositoryKey(repository)}/`
}

/** Commit whose check is not completed yet, by what it is for: `review/5`, `compile/main`. */
export function openCheckKey(repository: RepositoryId, subject: string): string {
  return `${repositoryPrefix(repository)}open/${subject}`
}

/** Digest of all that the last posted review of a pull request depended on. */
export function reviewedKey(repository: RepositoryId, pullRequest: number): string {
  return `${reviewedPrefix(repository)}${pullRequest}`
}

/** The number of a pull request follows. */
export function reviewedPrefix(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}reviewed/`
}

/** What a comment of a pull request is to say that could not be written with its check. */
export function unsaidKey(repository: RepositoryId, pullRequest: number): string {
  return `${unsaidPrefix(repository)}${pullRequest}`
}

/** The number of a pull request follows. */
export function unsaidPrefix(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}unsaid/`
}

/** Digest of all that the last compile of a branch depended on. */
export function compiledKey(repository: RepositoryId, branch: string): string {
  return `${repositoryPrefix(repository)}compiled/${branch}`
}

/** Digest of the tree whose deletions stop the compile of a branch. */
export function waitingKey(repository: RepositoryId, branch: string): string {
  return `${repositoryPrefix(repository)}waiting/${branch}`
}

/** What a branch says of who may give commands, for as long as it is at that commit. */
export function whoMayKey(repository: RepositoryId, branch: string): string {
  return `${whoMayPrefix(repository)}${branch}`
}

/** The name of a branch follows. */
export function whoMayPrefix(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}who-may/`
}

/** Who was told of late that he may not give commands below a pull request. */
export function refusedKey(repository: RepositoryId, pullRequest: number): string {
  return `${refusedPrefix(repository)}${pullRequest}`
}

/** The number of a pull request follows. */
export function refusedPrefix(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}refused/`
}

/** How often the rendered branch was written for the last commit of a branch. */
export function rewritesKey(repository: RepositoryId, branch: string): string {
  return `${repositoryPrefix(repository)}rewrites/${branch}`
}

/** How often the rendered branch was written with the same facts. */
export function fleetRewritesKey(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}fleet-rewrites`
}

/** That the rendered branch has, or had, a proposal. */
export function proposedKey(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}proposed`
}

/** Merge groups that were checked, by head: GitHub does not say of their checks what they go onto. */
export function groupsPrefix(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}groups/`
}

/** Configurations that were read last, by Git id of their file. */
export function configKey(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}config`
}

/** What was observed of the clusters, by path on the rendered branch. */
export function factsPrefix(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}facts/`
}

/** Branches of proposals for what changed in the fleet; those that are not wanted any more are deleted. */
export function fleetBranchesPrefix(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}fleet-branches/`
}

/** What issues about changes of the fleet say, by what they are about. */
export function fleetIssuesKey(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}fleet-issues`
}

/** When each cluster had answered last that an issue was opened for. */
export function silentKey(repository: RepositoryId): string {
  return `${repositoryPrefix(repository)}silent`
}

/** What those who watch and those who compile tell each other. */
export function watchKeys(repository: RepositoryId) {
  const prefix = `${repositoryPrefix(repository)}watch/`
  return {
    prefix,
    /** Commit of the source branch that was compiled last: whose intent says what is watched. */
    source: `${prefix}source`,
    /** Time at which facts get too old, ISO 8601 UTC. */
    due: `${prefix}due`,
    /** There as long as nothing was forgotten. */
    session: `${prefix}session`,
  } as const
}
