/** The public API, in the order of the journey: commit and facts in, the tree of the rendered branch out. */

// The whole journey
export { compile, type Compiled, type CompileOptions, type CompilePorts, type Stage } from './compile.ts'
export {
  compileBranch,
  type CompileBranchOptions,
  type CompileBranchPorts,
  type CompiledBranch,
} from './compile-branch.ts'
export {
  observeFleet,
  type ObservedFleet,
  type ObserveFleetOptions,
  type ObserveFleetPorts,
} from './observe-fleet.ts'
export {
  watchFleet,
  type WatchedChange,
  type WatchedFleet,
  type WatchFleetOptions,
  type WatchFleetPorts,
  type WatchFleetSinks,
} from './watch-fleet.ts'
export { verify, type Verification, type VerifyOptions, type VerifyPorts } from './verify.ts'

// What goes wrong
export { catalogue, type DiagnosticCode } from './diagnostics/catalogue.ts'
export { EnvironmentError, InternalError } from './diagnostics/errors.ts'
export { formatDiagnostics } from './diagnostics/frame.ts'
export { toDiagnosticJson } from './diagnostics/json.ts'
export { formatWorkflowAnnotation } from './diagnostics/workflow-annotation.ts'
export type { Diagnostic, Report, SourceFile, Span } from './diagnostics/types.ts'

// The engine
export { createEngine, type EngineOptions } from './engine/engine.ts'
export type { Engine } from './engine/types.ts'

// Repository → fleet
export { readConfigDocument, readRepository } from './source/source.ts'
export type { RepositoryEntry, RepositoryReader } from './source/repository-reader-port.ts'
export type { Repository, Revision, SourceDocument } from './source/types.ts'
export { configSchema, parseConfig } from './config/config.ts'
export type { FleetConfig } from './config/types.ts'
export { parseIntent } from './intent/intent.ts'
export type { Cluster, Fleet, Profile } from './intent/types.ts'

// Fleet and facts → plan → manifests
export { observe, parseFacts, readerRoles } from './observe/observe.ts'
export type { ClusterReader, ClusterReaders } from './observe/cluster-reader-port.ts'
export type { ClusterFacts, Facts, Need } from './observe/types.ts'
export { resolve, type ResolveOptions } from './resolve/resolve.ts'
export type { ClusterPlan, Plan, PlannedUnit } from './resolve/types.ts'
export { fetchSources, parseLock, updateLock, wantedSources } from './sources/sources.ts'
export type { Fetched, FetchedSources, Lock, Pin } from './sources/types.ts'
export { nothingKnown, render, type RenderInputs, type RenderOptions } from './render/render.ts'
export type { Manifest, Rendered } from './render/types.ts'

// Manifests → rendered branch
export {
  bootstrapObjects,
  layOut,
  planUpdate,
  readPreviousTree,
  updateBranch,
  updateFacts,
} from './branch/branch.ts'
export type { BranchWriter } from './branch/branch-writer-port.ts'
export type { BranchUpdate, PreviousTree, Tree, UpdatePlan } from './branch/types.ts'

// What happened, as text or data
export { formatClusters, outputSchemas, toCompileOutput, toCompileReport } from './report/report.ts'
export type { CompileReport } from './report/types.ts'

// Adapters
export { createFolderWriter } from './adapters/disk/folder-writer.ts'
export { createFolderReader } from './adapters/disk/folder-reader.ts'
export { createGitBranchWriter } from './adapters/git/branch-writer.ts'
export { createCommitReader } from './adapters/git/commit-reader.ts'
export { createClusterReaders, type ClusterReadersOptions } from './adapters/kubernetes/kubernetes.ts'
export { createMemoryBranch } from './adapters/memory/memory-branch.ts'
export { createMemoryReader } from './adapters/memory/memory-reader.ts'
