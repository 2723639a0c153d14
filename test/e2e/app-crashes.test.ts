import { expect, onTestFinished, test, vi } from 'vitest'
import type { FaultTarget } from '../github/faults.ts'
import { holdRequest, type HeldRequest } from '../github/hold-request.ts'
import type { PullRequestState } from '../github/state.ts'
import type { ServedProcess } from '../app/served-process.ts'
import { createAppScene, settled, type AppScene } from './app/app-scene.ts'
import { demoFiles } from './app/demo-files.ts'
import { greetingFiles } from './app/greeting-files.ts'
import { isCompiling, processesIn, workingFolders } from './app/left-behind.ts'
import { appComments, compileByHand, readDelivered, shownCheck } from './app/what-stands.ts'

const timeout = 180_000
const oneWorker = { WORKERS: '1' }

/** A moment of some work: what has to be there for it, and the request that tells that it has come. */
interface Stage {
  readonly at: string
  /** Before the event. */
  readonly hold: (scene: AppScene) => HeldRequest
  /** What becomes of the request after the process is dead. Default: the connection breaks before it is done. */
  readonly end?: 'go-on'
  /** Keeps the only worker busy, so that the event is queued and nothing more. */
  readonly isBusy?: true
  /** Of the process that is killed. */
  readonly env?: Readonly<Record<string, string>>
}

const completed = /"status":"completed"/

/** When the check was looked for, everything was fetched; from then on it is the child that asks for files. */
function holdChild(scene: AppScene): HeldRequest {
  const reached = Promise.withResolvers<void>()
  let held: HeldRequest | undefined
  const happens = (): void => {
    held = holdRequest(scene.double, { method: 'POST', path: /\/git-upload-pack$/ })
    void held.reached.then(reached.resolve)
  }
  scene.double.next({ method: 'GET', path: /\/commits\/\w+\/check-runs$/ }, { type: 'meanwhile', happens })
  return { reached: reached.promise, release: (end) => held?.release(end) }
}

const hold =
  (target: FaultTarget, at?: 'answer') =>
  ({ double }: AppScene): HeldRequest =>
    holdRequest(double, target, at)

/** Nothing of the process is left when it is killed at this moment; what it was about is done by the next one, which it gives. */
async function killAt(
  scene: AppScene,
  { served, held, end }: { served: ServedProcess; held: HeldRequest; end?: 'go-on' | undefined },
): Promise<ServedProcess> {
  onTestFinished(() => held.release('break-off'))
  await Promise.race([held.reached, served.ended.then(() => Promise.reject(new Error(served.output())))])
  await served.kill()
  const left = (): readonly string[] => processesIn(scene.dataFolder)
  // A git of the app itself waits for the answer that is held.
  const compiling = (): readonly string[] => left().filter(isCompiling)
  await vi.waitFor(() => expect(compiling()).toEqual([]), { timeout: 20_000 })
  held.release(end ?? 'break-off')
  await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 20_000 })
  const next = await scene.start(oneWorker)
  await settled(scene, next)
  expect(workingFolders(scene.dataFolder)).toEqual([])
  return next
}

/** Where a stage fails it is named. */
async function inStage({ at }: Stage, happens: () => Promise<void>): Promise<void> {
  try {
    await happens()
  } catch (error) {
    throw new Error(`when ${at}`, { cause: error })
  }
}

function expectReviewed({ repository }: AppScene, { number, headCommit }: PullRequestState): void {
  const comments = appComments(repository, number)
  expect(comments).toHaveLength(1)
  expect(comments[0]).toContain(headCommit.slice(0, 12))
  expect(shownCheck(repository, headCommit, 'fleetwright')).toMatchObject({
    ...{ status: 'completed', conclusion: 'success' },
  })
  expectNothingOpen({ repository })
}

function expectNothingOpen({ repository }: Pick<AppScene, 'repository'>): void {
  expect(repository.checkRuns.filter(({ status }) => status !== 'completed')).toEqual([])
}

/** `times`: how often the rendered branch was written in all. */
function expectCompiled(
  { repository }: AppScene,
  source: string,
  times: number,
  conclusion = 'success',
): void {
  expect(shownCheck(repository, source, 'fleetwright compile')).toMatchObject({
    status: 'completed',
    conclusion,
  })
  expect(repository.git().git('rev-list', '--count', 'refs/heads/rendered')).toBe(String(times))
  expect(readDelivered(repository)).toEqual(compileByHand(repository, source))
  expectNothingOpen({ repository })
}

const reviewStages: readonly Stage[] = [
  { at: 'received, and nobody had begun', hold: hold({ path: /\/pulls\/\d+$/ }), isBusy: true },
  { at: 'claimed, and nothing was done', hold: hold({ path: /\/pulls\/\d+$/ }) },
  { at: 'a child compiled that had waited', hold: holdChild, env: { STANDBY: '1' } },
  {
    at: 'the check was not completed',
    hold: hold({ path: /\/check-runs(?:\/\d+)?$/, body: completed }),
  },
  { at: 'the check was completed', hold: hold({ method: 'POST', path: /\/issues\/\d+\/comments$/ }) },
  {
    at: 'the comment was sent, and arrives when it is dead',
    hold: hold({ method: 'POST', path: /\/issues\/\d+\/comments$/ }),
    end: 'go-on',
  },
  {
    at: 'the comment was written, and nobody had said so',
    hold: hold({ method: 'POST', path: /\/issues\/\d+\/comments$/ }, 'answer'),
  },
]

test(
  'killed with a pull request at each stage, one after the other → one comment, one check for each',
  { timeout: reviewStages.length * timeout },
  async () => {
    const scene = await createAppScene()
    let served = await scene.startAndCatchUp(oneWorker)
    const source = scene.repository.branches().get('main') ?? ''
    for (const [index, stage] of reviewStages.entries())
      await inStage(stage, async () => {
        if (stage.env) {
          await served.kill()
          served = await scene.startAndCatchUp({ ...oneWorker, ...stage.env })
        }
        const held = stage.hold(scene)
        const pulls = [scene.openChange(`welcome ${index} to`).pull]
        if (stage.isBusy) {
          await held.reached
          pulls.push(scene.openChange('good morning from').pull)
          await scene.double.deliveries.idle()
          expect(scene.double.deliveries.all.at(-1)?.attempts).toMatchObject([{ statusCode: 202 }])
        }
        served = await killAt(scene, { served, held, end: stage.end })
        for (const pull of pulls) expectReviewed(scene, pull)
      })
    for (const pull of scene.repository.pullRequests) expectReviewed(scene, pull)
    expectCompiled(scene, source, 1)
  },
)

const compileStages: readonly Stage[] = [
  { at: 'received, and nobody had begun', hold: hold({ path: /\/pulls\/\d+$/ }), isBusy: true },
  { at: 'claimed, and nothing was done', hold: hold({ path: /\.git\/info\/refs$/ }) },
  { at: 'a child compiled', hold: holdChild },
  { at: 'nothing was pushed', hold: hold({ path: /\/git-receive-pack$/ }) },
  {
    at: 'the push was sent, and arrives when it is dead',
    hold: hold({ path: /\/git-receive-pack$/ }),
    end: 'go-on',
  },
  {
    at: 'it was pushed, and the check was not completed',
    hold: hold({ path: /\/check-runs(?:\/\d+)?$/, body: completed }),
  },
  {
    at: 'the check was completed, and nobody had said so',
    hold: hold({ path: /\/check-runs(?:\/\d+)?$/, body: completed }, 'answer'),
  },
]

test(
  'killed with a push at each stage, one after the other → one commit, one check for each',
  { timeout: compileStages.length * timeout },
  async () => {
    const scene = await createAppScene()
    let served = await scene.startAndCatchUp(oneWorker)
    for (const [index, stage] of compileStages.entries())
      await inStage(stage, async () => {
        const held = stage.hold(scene)
        if (stage.isBusy) {
          scene.openChange('good morning from')
          await held.reached
        }
        const source = scene.repository.commit('main', greetingFiles(`welcome ${index} to`), 'ada')
        await scene.double.deliveries.idle()
        served = await killAt(scene, { served, held, end: stage.end })
        expectCompiled(scene, source, index + 2)
        for (const pull of scene.repository.pullRequests) expectReviewed(scene, pull)
      })
  },
)

test(
  'killed while the demo compiles → one commit, with the tree of the command line alone',
  {
    timeout: 2 * timeout,
  },
  async () => {
    const scene = await createAppScene({ 'README.md': 'No fleet yet.\n' })
    const served = await scene.startAndCatchUp(oneWorker)
    const held = holdChild(scene)
    const source = scene.repository.commit('main', await demoFiles(), 'ada')
    await killAt(scene, { served, held })
    // Nobody recorded facts for it, and some of it needs them.
    expectCompiled(scene, source, 1, 'failure')
  },
)

test(
  'killed again and again at another moment each time → one comment, one check',
  {
    timeout: 2 * timeout,
  },
  async () => {
    const scene = await createAppScene()
    await (await scene.startAndCatchUp(oneWorker)).kill()
    const stages = reviewStages.filter(({ isBusy, end }) => isBusy === undefined && end === undefined)
    const { pull } = scene.openChange('welcome to')
    // Nobody heard of it; it is asked for again, or looked for, by whoever comes next.
    for (const stage of stages) {
      const held = stage.hold(scene)
      const served = await scene.start(oneWorker)
      onTestFinished(() => held.release('break-off'))
      for (const delivery of scene.double.deliveries.all)
        if (delivery.event === 'pull_request')
          await scene.double.deliveries.send(delivery, { isRedelivery: true })
      await held.reached
      await served.kill()
      held.release('break-off')
    }
    await settled(scene, await scene.start(oneWorker))
    expectReviewed(scene, pull)
  },
)
