import { compare } from 'semver'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import { malformedVersion, noSuchVersion, notFound } from './diagnostics.ts'
import { SourceFault } from './source-fault.ts'
import type { Offer, RemoteReference } from './source-remote-port.ts'
import {
  isExactVersion,
  satisfies,
  tryParseConstraint,
  tryParseVersion,
} from '../kubernetes/version-constraint.ts'

/**
 * Whether the name of a reference always means the same. `exact`: by nature or by convention, so that the first
 * resolution is a pin; `moving`: a pin must be in the lock file; `by-ref`: a Git name that may be a tag or a branch.
 */
export function steadiness(reference: RemoteReference): 'exact' | 'moving' | 'by-ref' {
  switch (reference.type) {
    case 'helm-http':
    case 'helm-oci':
      return isExactVersion(reference.version) ? 'exact' : 'moving'
    case 'git': {
      const { commit, name, tag, semver } = reference.ref
      if (commit !== undefined) return 'exact'
      if (name !== undefined)
        return name.startsWith('refs/') && !name.startsWith('refs/tags/') ? 'moving' : 'by-ref'
      if (tag !== undefined && semver === undefined) return 'exact'
      return 'moving'
    }
    case 'oci':
      return reference.ref.digest !== undefined || reference.ref.semver === undefined ? 'exact' : 'moving'
    case 'bucket':
    case 'remote':
      return 'moving'
  }
}

/** What a reference with a moving name is, in words. */
export function describeMoving(reference: RemoteReference): string {
  switch (reference.type) {
    case 'helm-http':
    case 'helm-oci':
      return reference.version === '' ? 'no version is given' : `\`${reference.version}\` is a range`
    case 'git': {
      const { semver, name, branch } = reference.ref
      return semver === undefined
        ? `the branch \`${name ?? branch ?? 'master'}\` moves`
        : `\`${semver}\` is a range`
    }
    case 'oci':
      return `\`${reference.ref.semver ?? ''}\` is a range`
    case 'bucket':
      return 'the content of a bucket moves'
    case 'remote':
      return 'what a URL gives may change'
  }
}

/** The offer that needs no asking, for references that say all there is to say. */
export function offerWithoutList(reference: RemoteReference): Offer | undefined {
  switch (reference.type) {
    case 'helm-oci':
      // As Helm does: an exact version is a tag, and not every registry lets everybody list tags.
      return isExactVersion(reference.version) ? { name: reference.version, urls: [] } : undefined
    case 'oci': {
      const { digest, tag, semver } = reference.ref
      if (digest !== undefined) return { name: digest, revision: digest, urls: [] }
      return semver === undefined ? { name: tag ?? 'latest', urls: [] } : undefined
    }
    case 'git': {
      const { commit } = reference.ref
      return commit === undefined ? undefined : { name: commit, revision: commit, urls: [] }
    }
    case 'remote':
      return { name: '', urls: [reference.url] }
    case 'helm-http':
    case 'bucket':
      return undefined
  }
}

/** Picks what the reference means, as Helm and Flux pick it. Pure; throws SourceFault when nothing fits. */
export function chooseOffer(reference: RemoteReference, offers: readonly Offer[]): Offer {
  switch (reference.type) {
    case 'helm-http':
    case 'helm-oci':
      return chooseVersion(reference, reference.version, offers)
    case 'oci':
      return chooseVersion(reference, reference.ref.semver ?? '', offers)
    case 'git':
      return chooseRef(reference, offers)
    case 'bucket':
    case 'remote': {
      const [only] = offers
      if (only === undefined) throw new SourceFault(notFound(reference, 'there is nothing', undefined))
      return only
    }
  }
}

/** The very text first; otherwise the highest version that the range admits. Equal versions: the text that sorts first. */
function chooseVersion(reference: RemoteReference, wanted: string, offers: readonly Offer[]): Offer {
  const literal = wanted === '' ? undefined : offers.find(({ name }) => name === wanted)
  if (literal !== undefined) return literal
  const constraint = tryParseConstraint(wanted)
  if (constraint === undefined) throw new SourceFault(malformedVersion(reference, wanted))
  const versions = sortVersions(offers)
  const chosen = versions.find(({ version }) => satisfies(version, constraint))
  if (chosen === undefined) {
    throw new SourceFault(
      noSuchVersion(
        reference,
        wanted,
        versions.slice(0, 5).map(({ offer }) => offer.name),
      ),
    )
  }
  return chosen.offer
}

function sortVersions(offers: readonly Offer[]) {
  return offers
    .flatMap((offer) => {
      const version = tryParseVersion(offer.name)
      return version === undefined ? [] : [{ offer, version }]
    })
    .sort((a, b) => compare(b.version, a.version) || (a.offer.name < b.offer.name ? -1 : 1))
}

/** Flux: commit before name before semver before tag before branch, and `master` when nothing is said. */
function chooseRef(reference: Extract<RemoteReference, { type: 'git' }>, offers: readonly Offer[]): Offer {
  const { name, tag, semver, branch } = reference.ref
  if (name === undefined && semver !== undefined) {
    const tags = offers.flatMap((offer) =>
      offer.name.startsWith('refs/tags/') ? [{ ...offer, name: offer.name.slice('refs/tags/'.length) }] : [],
    )
    return chooseVersion(reference, semver, tags)
  }
  const wanted =
    name !== undefined
      ? [name, `refs/tags/${name}`, `refs/heads/${name}`]
      : tag !== undefined
        ? [`refs/tags/${tag}`]
        : [`refs/heads/${branch ?? 'master'}`]
  for (const ref of wanted) {
    const offer = offers.find((each) => each.name === ref)
    if (offer !== undefined) return offer
  }
  const short = (ref: string): string => ref.replace(/^refs\/(?:heads|tags)\//, '')
  const said = name ?? tag ?? branch ?? 'master'
  throw new SourceFault(
    notFound(
      reference,
      `the repository has no ${tag === undefined ? 'branch' : 'tag'} \`${said}\``,
      didYouMean(
        said,
        offers.map((offer) => short(offer.name)),
      ),
    ),
  )
}
