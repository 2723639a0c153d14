import { notFound, ofRepository, page, type Call, type Handlers } from '../handler.ts'
import type { ArtifactState, RepositoryState, WorkflowRunState } from '../state.ts'

export const actionsHandlers: Handlers = {
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': {
    needs: ['actions=read'],
    handle(call) {
      const repository = ofRepository(call)
      const run = repository.workflowRuns.find(({ id }) => id === Number(call.params['run_id']))
      return run ? { status: 200, body: toJson(call, repository, run) } : notFound()
    },
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts': {
    needs: ['actions=read'],
    handle(call) {
      const repository = ofRepository(call)
      const run = repository.workflowRuns.find(({ id }) => id === Number(call.params['run_id']))
      if (run === undefined) return notFound()
      const { name } = call.query
      const listed = run.artifacts
        .filter((artifact) => name === undefined || artifact.name === name)
        .map((artifact) => artifactJson(call, repository, artifact))
      return page(call, listed, (artifacts) => ({ total_count: listed.length, artifacts }))
    },
  },
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}': {
    needs: ['actions=read'],
    handle(call) {
      const id = Number(call.params['artifact_id'])
      const artifact = ofRepository(call)
        .workflowRuns.flatMap(({ artifacts }) => artifacts)
        .find((each) => each.id === id)
      if (artifact === undefined) return notFound()
      if (artifact.expired) return { status: 410, body: { message: 'Artifact has expired' } }
      return { status: 302, headers: { location: `${call.archivesUrl}/${id}` } }
    },
  },
}

/** By the path of its address. */
export function findArchive(repositories: Iterable<RepositoryState>, path: string): Uint8Array | undefined {
  return [...repositories]
    .flatMap(({ workflowRuns }) => workflowRuns)
    .flatMap(({ artifacts }) => artifacts)
    .find(({ id }) => path === `/${id}`)?.archive
}

function toJson({ world }: Call, { owner, name }: RepositoryState, run: WorkflowRunState): unknown {
  const { id, event, headRepository, headBranch, headSha, conclusion } = run
  const [headOwner, headName] = headRepository.split('/')
  return {
    ...{ id, name: run.name, event, conclusion, status: 'completed', run_number: 1, run_attempt: 1 },
    ...{ head_branch: headBranch, head_sha: headSha, pull_requests: [] },
    html_url: `${world.url}/${owner}/${name}/actions/runs/${id}`,
    created_at: '2026-01-02T03:04:05Z',
    run_started_at: '2026-01-02T03:04:05Z',
    repository: { name, full_name: `${owner}/${name}`, owner: { login: owner } },
    head_repository: { name: headName, full_name: headRepository, owner: { login: headOwner } },
  }
}

function artifactJson({ world }: Call, { owner, name }: RepositoryState, artifact: ArtifactState): unknown {
  const { id, archive, expired } = artifact
  return {
    ...{ id, name: artifact.name, expired, size_in_bytes: archive.length },
    archive_download_url: `${world.url}/repos/${owner}/${name}/actions/artifacts/${id}/zip`,
  }
}
