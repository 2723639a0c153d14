/**
 * What crosses the seam to the engine. The wire form is described at the top of `protocol.ts` and `engine/protocol.go`;
 * the shapes here are its payloads. Kubernetes YAML is read and printed by the engine alone (decision 24): an object
 * reaches TypeScript as its canonical text, its identity and, where asked, its JSON.
 */

/** Any JSON value; numbers beyond 53 bits never pass through here, they stay in texts. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** Files of a chart or a source tree, held by the engine under their digest. Paths are relative with `/`. */
export interface FileTree {
  /** sha256 over sorted paths and contents, hex. Equal digests mean equal files. */
  readonly digest: string
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** Why the engine refused, as data; `message` is upstream's text without position noise. */
export interface EngineFault {
  readonly kind:
    | 'template' // parse or execution of a Go template
    | 'yaml' // text that is no YAML or no Kubernetes object
    | 'chart' // chart cannot be loaded, is a library, a dependency is missing
    | 'kube-version' // chart's kubeVersion does not allow this cluster
    | 'schema' // values do not satisfy values.schema.json
    | 'values' // values are no mapping or cannot be merged
    | 'kustomize' // kustomize build failed
    | 'missing-file' // kustomize: a file or folder that is not in the tree
    | 'remote' // kustomize or schema wants something from the network
    | 'patch' // a patch is malformed or cannot be applied
    | 'limit' // time, memory or size; `message` says which
    | 'crash' // the instance died; a fault of ours or of upstream
  readonly message: string
  /** File inside chart or tree, or the name handed in with a text. */
  readonly file?: string
  /** 1-based. */
  readonly line?: number
  /** 1-based. */
  readonly column?: number
  /** Templates that were being executed, outermost first. */
  readonly includes?: readonly { readonly template: string; readonly line?: number; readonly column?: number }[]
  /** What a chart looked up before it failed: with other answers it might not have. */
  readonly looked?: readonly Lookup[]
}

/** A result or the reason why there is none. Never an exception for a user's input. */
export type Outcome<T> =
  | {
      readonly ok: true
      readonly value: T
      readonly impure?: Impurity
      /** What a chart looked up, found or not; sorted, absent for nothing. */
      readonly looked?: readonly Lookup[]
      /** Absent for none. */
      readonly blocked?: readonly BlockedCall[]
    }
  | { readonly ok: false; readonly fault: EngineFault }

/** A question that a chart asks its cluster, as it is written: `lookup "v1" "Secret" "default" "db"`. */
export interface Lookup {
  readonly apiVersion: string
  readonly kind: string
  /** Empty for all, and for objects of the cluster. */
  readonly namespace: string
  /** Empty for all. */
  readonly name: string
}

/** A template called `env`, `expandenv` or `getHostByName`, which would reach out of the sandbox: it got `''`. */
export interface BlockedCall {
  readonly function: string
  /** Name of the text, or the object of a kustomization. */
  readonly template: string
}

/** What a render drew on besides its inputs. */
export interface Impurity {
  /** Calls for randomness. */
  readonly random: number
  /** Readings of the wall clock. */
  readonly clock: number
}

/** How the host answers for randomness and the clock (decision 5). */
export interface Entropy {
  /** Seed of the random stream, any length. Absent: drawing randomness is reported and the result is not to be used. */
  readonly seed?: Uint8Array
  /** Wall clock, milliseconds since the epoch. */
  readonly clockMs: number
}

export interface HelmHook {
  /** `pre-install`, `post-upgrade`, …, sorted. */
  readonly events: readonly string[]
  readonly weight: number
  readonly deletePolicies: readonly string[]
}

/** One rendered Kubernetes object. */
export interface EngineObject {
  readonly apiVersion: string
  readonly kind: string
  /** Absent for cluster-scoped kinds, and for namespaced ones when nothing gave one. */
  readonly namespace?: string
  readonly name: string
  /** Template, kustomization or text that it came from: `chart/templates/deployment.yaml`. */
  readonly source?: string
  readonly hook?: HelmHook
  /** For a CustomResourceDefinition: the kind that it defines. */
  readonly defines?: { readonly group: string; readonly kind: string; readonly namespaced: boolean }
  /** Canonical YAML, as it is written to the rendered branch; ends with a newline. */
  readonly text: string
  /** sha256 of `text`, hex. */
  readonly digest: string
}

/** What is done to every object of a render after it, in this order: patches, namespaces, labels and annotations. */
export interface Finish {
  readonly patches?: readonly Patch[]
  /**
   * How patches apply (sveltos.md 1.11): `resource` = per object, target kept by anchored regexes, absent `remove`s
   * dropped; `combined`, `separate`, `nohooks` = as Helm post-renderer over the whole stream.
   */
  readonly patchMode?: 'resource' | 'combined' | 'separate' | 'nohooks'
  /** Overwrites metadata.namespace of every object (kustomizationRef.targetNamespace). */
  readonly targetNamespace?: string
  /** For namespaced kinds without a namespace. */
  readonly defaultNamespace?: string
  /** `<group>/<Kind>` → namespaced; core group is empty: `/Pod`. Kinds that are absent keep what they have. */
  readonly scopes?: Readonly<Record<string, boolean>>
  readonly extraLabels?: Readonly<Record<string, string>>
  readonly extraAnnotations?: Readonly<Record<string, string>>
}

export interface Patch {
  readonly patch: string
  readonly target?: {
    readonly group?: string
    readonly version?: string
    readonly kind?: string
    readonly namespace?: string
    readonly name?: string
    readonly labelSelector?: string
    readonly annotationSelector?: string
  }
}

/** A chart's own words, known once it is loaded. */
export interface ChartInfo {
  readonly name: string
  readonly version: string
  readonly appVersion?: string
  readonly type: 'application' | 'library'
  readonly kubeVersion?: string
  readonly deprecated: boolean
  readonly dependencies: readonly {
    readonly name: string
    readonly version: string
    readonly repository?: string
    readonly alias?: string
    /** Whether `charts/` holds it. */
    readonly present: boolean
  }[]
}

export interface Capabilities {
  /** `v1.34.2`. */
  readonly kubeVersion: string
  /** `apps/v1` and `apps/v1/Deployment`, sorted. Absent: helm's own default list (conformance runs only). */
  readonly apiVersions?: readonly string[]
}

export interface ChartRender {
  readonly chart: FileTree
  readonly release: { readonly name: string; readonly namespace: string }
  /** YAML or JSON text of the values, already merged; `''` for none. Numbers stay text until the engine reads them. */
  readonly values: string
  readonly capabilities: Capabilities
  /** JSON texts of the objects that `lookup` may find. */
  readonly lookup?: readonly string[]
  /** Default true: `crds/` come first. */
  readonly includeCrds?: boolean
  readonly skipSchemaValidation?: boolean
  readonly disableHooks?: boolean
  readonly finish?: Finish
}

export interface KustomizationBuild {
  readonly tree: FileTree
  /** Folder of the kustomization in the tree; `''` for the root. */
  readonly path: string
  /** Appended to `components` of the kustomization. */
  readonly components?: readonly string[]
  /** Trees for remote bases and `helmCharts`, by the text that the kustomization uses for them. */
  readonly remotes?: ReadonlyMap<string, FileTree>
  readonly charts?: ReadonlyMap<string, FileTree>
  readonly capabilities?: Capabilities
  /** Non-empty: every built object is executed as Go template with this map as dot (sveltos.md 1.10). */
  readonly values?: Readonly<Record<string, string>>
  readonly finish?: Finish
}

/** What a build would want from outside of its tree: fetched and handed in as `remotes` and `charts`, which may want more. */
export interface KustomizationNeeds {
  readonly remotes: readonly {
    /** What the kustomization says, and the key under which the tree is handed in. */
    readonly text: string
    /** The kustomization that says it. */
    readonly file: string
    /** The text looks like the address of one file: to be fetched over HTTP before Git is tried. */
    readonly singleFile: boolean
    /** How kustomize takes the text for a Git repository, which is handed in whole; `path` is the kustomization's folder. */
    readonly repository?: {
      readonly url: string
      readonly ref?: string
      readonly path?: string
      readonly submodules: boolean
    }
  }[]
  readonly charts: readonly {
    /** The key under which the chart is handed in. */
    readonly key: string
    readonly name: string
    readonly repo?: string
    readonly version?: string
    readonly file: string
  }[]
}

/** Raw YAML or JSON texts that become objects, split as Sveltos splits (sveltos.md 1.8 and 13.9). */
export interface ObjectTexts {
  readonly texts: readonly { readonly name: string; readonly text: string }[]
  readonly finish?: Finish
}

/**
 * `profile`: functions of addon-controller, resources by identifier. `event`: functions of event-manager, resources as maps.
 * `reference`: names and namespaces (no HTML escaping). `plain`: sprig and a map as dot, as for Kustomize values.
 */
export type TemplateDialect = 'profile' | 'event' | 'reference' | 'plain'

export interface TemplateBatch {
  readonly dialect: TemplateDialect
  /**
   * JSON text of the dot. `profile`: keys Cluster, KubeadmControlPlane, InfrastructureProvider, MgmtResources.
   * Integers become int64 (sveltos.md 13.2), but for `event`'s Resource(s) and CloudEvent(s), which hold float64.
   */
  readonly data: string
  readonly templates: readonly { readonly name: string; readonly text: string }[]
}

/** One document of a YAML stream. */
export interface ParsedDocument {
  /** UTF-16 offsets of the document in the text that was handed in. */
  readonly start: number
  readonly end: number
  /** Kubernetes' reading of it (YAML 1.1), for TypeScript's own use. Absent for an empty document. */
  readonly value?: Json
  /** The same as canonical JSON text: exact, whatever its numbers. */
  readonly json?: string
  readonly fault?: EngineFault
}

export interface EngineVersions {
  readonly protocol: number
  readonly helm: string
  readonly kustomize: string
  readonly go: string
  /** sha256 of the decompressed module, hex; part of every build's provenance. */
  readonly digest: string
}

/** Upstream Helm, Kustomize, Go templates and Kubernetes YAML, without any I/O. Safe to call concurrently. */
export interface Engine {
  readonly versions: EngineVersions
  loadChart(chart: FileTree): Promise<Outcome<ChartInfo>>
  renderChart(render: ChartRender, entropy: Entropy): Promise<Outcome<readonly EngineObject[]>>
  kustomizationNeeds(
    build: Pick<KustomizationBuild, 'tree' | 'path' | 'components' | 'remotes'>,
  ): Promise<Outcome<KustomizationNeeds>>
  buildKustomization(build: KustomizationBuild, entropy: Entropy): Promise<Outcome<readonly EngineObject[]>>
  readObjects(texts: ObjectTexts): Promise<Outcome<readonly EngineObject[]>>
  /** One outcome a template, in order. */
  executeTemplates(batch: TemplateBatch, entropy: Entropy): Promise<readonly Outcome<string>[]>
  /** Merges values documents in order with Sveltos' rules (sveltos.md 1.9) → JSON text. */
  mergeValues(documents: readonly { readonly name: string; readonly text: string }[]): Promise<Outcome<string>>
  /** One list of documents a text, in order. */
  parseYaml(texts: readonly string[]): Promise<readonly (readonly ParsedDocument[])[]>
  /** Canonical YAML of objects given as JSON text, in order. */
  printObjects(objects: readonly string[]): Promise<Outcome<readonly EngineObject[]>>
  close(): Promise<void>
}
