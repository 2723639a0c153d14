import type { RestEndpointMethodTypes } from '@octokit/rest'
import type { Conversation, Permission, Reaction, SaidComment } from '../../review/conversation-port.ts'
import { readPullRequest } from './pull-requests.ts'
import { ifThere, repeatedly, type Repository } from './repository.ts'

export function createConversation(repository: Repository): Conversation {
  return {
    readComment: (id) => readComment(repository, id),
    react: (comment, reaction) => react(repository, comment, reaction),
    readPermission: (login) => readPermission(repository, login),
  }
}

type AnsweredComment = RestEndpointMethodTypes['issues']['getComment']['response']['data']

async function readComment(repository: Repository, id: number): Promise<SaidComment | undefined> {
  const { client, at, name } = repository
  const operation = { name: `read comment ${id} of ${name}`, permission: 'issues: read' }
  const said = await ifThere(() =>
    client.ask(
      operation,
      async (octokit) => (await octokit.rest.issues.getComment({ ...at, comment_id: id })).data,
    ),
  )
  if (said === undefined) return undefined
  // Issues have comments too, and say so nowhere in them.
  const number = Number(/\/(\d+)$/.exec(said.issue_url)?.[1])
  return (await readPullRequest(repository, number)) && toSaid(said, number)
}

function toSaid(said: AnsweredComment, pullRequest: number): SaidComment {
  // Null for accounts that were deleted.
  const { user } = said
  const isByApp = (said.performed_via_github_app ?? null) !== null
  return {
    ...{ id: said.id, pullRequest, body: said.body ?? '', author: user?.login ?? 'ghost' },
    isBot: user?.type !== 'User' || isByApp,
    createdAt: said.created_at,
    isEdited: said.updated_at !== said.created_at,
  }
}

/** GitHub takes the same reaction of the same account as one; a comment that is gone needs none. */
async function react({ client, at, name }: Repository, comment: number, content: Reaction): Promise<void> {
  const operation = {
    ...{ name: `react to comment ${comment} of ${name}`, permission: 'issues: write' },
    writes: true as const,
  }
  await ifThere(() =>
    repeatedly(5, () =>
      client.ask(operation, (octokit) =>
        octokit.rest.reactions.createForIssueComment({ ...at, comment_id: comment, content }),
      ),
    ),
  )
}

const permissions = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const

/** A custom role has a name of its own, and what it builds on beside it. */
async function readPermission({ client, at, name }: Repository, login: string): Promise<Permission> {
  const operation = { name: `read what ${login} may do in ${name}`, permission: 'metadata: read' }
  const answered = await ifThere(() =>
    client.ask(
      operation,
      async (octokit) =>
        (await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: login })).data,
    ),
  )
  const toPermission = (text: string | undefined): Permission | undefined =>
    permissions.find((each) => each === text)
  return toPermission(answered?.role_name) ?? toPermission(answered?.permission) ?? 'none'
}
