import { describe, expect, test } from 'vitest'
import { createFluxFilter } from '../../src/sources/flux-ignore.ts'

const paths = [
  '.gitignore',
  '.github/workflows/x.yaml',
  '.sops.yaml',
  'deploy/.sops.yaml',
  'deploy/app.yaml',
  'deploy/docs/readme.md',
  'deploy/keep.md',
  'docs/logo.png',
  'release.tar.gz',
  'src/main.go',
]

function kept(ignoreFiles: Record<string, string>, spec?: string): string[] {
  return paths.filter(createFluxFilter(new Map(Object.entries(ignoreFiles)), spec))
}

describe('what Flux leaves out of an artifact', () => {
  test('without rules: pictures, archives, CI and what belongs to Git', () => {
    expect(kept({})).toEqual(['deploy/app.yaml', 'deploy/docs/readme.md', 'deploy/keep.md', 'src/main.go'])
  })

  test('with a rule of its own, only what belongs to Git is left out besides', () => {
    expect(kept({}, '/src/')).toEqual(paths.filter((path) => path !== '.gitignore' && path !== 'src/main.go'))
  })

  test("the example of Flux' documentation: all but one folder, and no Markdown in it", () => {
    expect(
      kept(
        {},
        '# exclude all\n/*\n# include deploy dir\n!/deploy\n# exclude file extensions from deploy dir\n/deploy/**/*.md\n',
      ),
    ).toEqual(['deploy/.sops.yaml', 'deploy/app.yaml'])
  })

  test('a later rule brings back a file of an excluded folder, where Git would not', () => {
    expect(kept({ '.sourceignore': 'deploy/\n!deploy/keep.md\n' })).toContain('deploy/keep.md')
    expect(kept({ '.sourceignore': 'deploy/\n!deploy/keep.md\n' })).not.toContain('deploy/app.yaml')
  })

  test('an inner file counts from its own folder on and overrules the outer one; the spec overrules both', () => {
    const files = { '.sourceignore': '*.md\n', 'deploy/.sourceignore': '!keep.md\n/app.yaml\n' }
    expect(kept(files)).toEqual(expect.arrayContaining(['deploy/keep.md']))
    expect(kept(files)).not.toContain('deploy/app.yaml')
    expect(kept(files)).not.toContain('deploy/docs/readme.md')
    expect(kept(files, '!deploy/app.yaml')).toContain('deploy/app.yaml')
  })

  test.each([
    ['?ain.go', 'src/main.go'],
    ['[l-n]ain.go', 'src/main.go'],
    ['src/*.go', 'src/main.go'],
    ['**/main.go', 'src/main.go'],
    ['src/**', 'src/main.go'],
    ['s\\rc/main.go', 'src/main.go'],
  ])('the pattern %s leaves out %s', (pattern, path) => {
    expect(createFluxFilter(new Map(), pattern)(path)).toBe(false)
  })

  test.each([
    ['/main.go', 'src/main.go'],
    ['main.go/', 'src/main.go'],
    ['src/a**z/main.go', 'src/abz/main.go'],
    ['[', 'src/main.go'],
    ['src', 'srcs/main.go'],
  ])('the pattern %s does not leave out %s', (pattern, path) => {
    expect(createFluxFilter(new Map(), pattern)(path)).toBe(true)
  })
})
