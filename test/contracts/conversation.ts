import { expect, test } from 'vitest'
import type { Conversation, Permission, Reaction } from '../../src/review/conversation-port.ts'

/** A conversation, and what stands behind it. */
export interface ConversationUnderTest {
  readonly conversation: Conversation
  readonly openPullRequest: () => number
  readonly openIssue: () => number
  readonly comment: (issue: number, author: string, body: string) => number
  readonly editComment: (id: number, body: string) => void
  readonly deleteComment: (id: number) => void
  readonly reactions: (comment: number) => readonly Reaction[]
  readonly permit: (login: string, permission: Permission) => void
}

export function conversationContract(create: () => Promise<ConversationUnderTest>): void {
  test('a comment is read with who said it, below which pull request', async () => {
    const { conversation, openPullRequest, comment } = await create()
    openPullRequest()
    const pullRequest = openPullRequest()
    const id = comment(pullRequest, 'ada', '/fleet diff')
    expect(await conversation.readComment(id)).toMatchObject({
      ...{ id, pullRequest, body: '/fleet diff', author: 'ada', isBot: false, isEdited: false },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    })
  })

  test('one that was edited says so, one that is gone is none', async () => {
    const { conversation, openPullRequest, comment, editComment, deleteComment } = await create()
    const id = comment(openPullRequest(), 'ada', '/fleet diff')
    editComment(id, '/fleet approve-delete')
    expect(await conversation.readComment(id)).toMatchObject({
      body: '/fleet approve-delete',
      isEdited: true,
    })
    deleteComment(id)
    expect(await conversation.readComment(id)).toBeUndefined()
    expect(await conversation.readComment(4711)).toBeUndefined()
  })

  test('what an app says is told apart from what people say', async () => {
    const { conversation, openPullRequest, comment } = await create()
    const id = comment(openPullRequest(), 'renovate[bot]', '/fleet compile')
    expect(await conversation.readComment(id)).toMatchObject({ author: 'renovate[bot]', isBot: true })
  })

  test('a comment below an issue is none of a pull request', async () => {
    const { conversation, openIssue, comment } = await create()
    expect(await conversation.readComment(comment(openIssue(), 'ada', '/fleet diff'))).toBeUndefined()
  })

  test('a reaction is there once, however often it is added', async () => {
    const { conversation, openPullRequest, comment, deleteComment, reactions } = await create()
    const id = comment(openPullRequest(), 'ada', '/fleet diff')
    await conversation.react(id, 'eyes')
    await conversation.react(id, 'eyes')
    await conversation.react(id, '+1')
    expect(reactions(id)).toEqual(['eyes', '+1'])
    deleteComment(id)
    await conversation.react(id, 'rocket')
  })

  test.each(['read', 'triage', 'write', 'maintain', 'admin'] as const)(
    'who may %s is told so',
    async (permission) => {
      const { conversation, permit } = await create()
      permit('ada', permission)
      expect(await conversation.readPermission('Ada')).toBe(permission)
    },
  )

  test('a stranger may read what is public', async () => {
    const { conversation } = await create()
    expect(await conversation.readPermission('stranger')).toBe('read')
  })
}
