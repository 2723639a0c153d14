import { toFileTree } from '../../src/engine/file-tree.ts'
import type { ChartRender, FileTree } from '../../src/engine/types.ts'

export function treeOf(files: Readonly<Record<string, string>>): FileTree {
  return toFileTree(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])))
}

/** A render of a chart that has one template and nothing else. */
export function renderOf(template: string): ChartRender {
  return {
    chart: treeOf({
      'Chart.yaml': 'apiVersion: v2\nname: test\nversion: 1.0.0\n',
      'templates/object.yaml': template,
    }),
    release: { name: 'test', namespace: 'default' },
    values: '',
    capabilities: { kubeVersion: 'v1.34.0', apiVersions: ['v1'] },
  }
}
