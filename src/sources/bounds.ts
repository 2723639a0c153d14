/**
 * Limits on what a stranger's archive may become in memory. Each is far above what real sources need and far below
 * what hurts a runner with 2 GiB.
 */

const mebibyte = 1024 * 1024

/** All files of one chart, unpacked: Helm's own MaxDecompressedChartSize. */
export const maxChartBytes = 100 * mebibyte

/**
 * Unpacked to packed. Deflate cannot exceed 1,032; YAML of CRDs reaches about 30. Asked only above `ratioFloorBytes`,
 * since a small archive of zeros harms nobody.
 */
export const maxRatio = 200
export const ratioFloorBytes = 16 * mebibyte

/** Characters of a path inside a source; file systems stop at 4,096 as well. */
export const maxPathLength = 4096

/** How deep remote bases may refer to further remote bases, and how many one kustomization may bring in all. */
export const maxRemoteDepth = 8
export const maxRemotes = 200

/** Symlinks that one path may pass through, as Linux (ELOOP). */
export const maxLinkHops = 40
