import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DockerfileParser } from 'dockerfile-ast'
import { run } from 'dockerfilelint'
import { expect, test } from 'vitest'

/* No image is built here: what is checked is what the file says. */

const root = resolve(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
const instructions = DockerfileParser.parse(text).getInstructions()
const of = (keyword: string): readonly string[] =>
  instructions.flatMap((one) =>
    one.getKeyword() === keyword
      ? [
          one
            .getArguments()
            .map((argument) => argument.getValue())
            .join(' '),
        ]
      : [],
  )

test('a linter of Dockerfiles finds nothing but what is meant', () => {
  const found = run(root, text).map(({ title, line }) => `${line} ${title}`)
  expect(found.map((one) => one.replace(/^\d+ /, ''))).toEqual([])
})

test('the image runs as a number that is not root, last of all', () => {
  expect(of('USER')).toEqual(['10001:10001'])
  const keywords = instructions.map((one) => one.getKeyword())
  expect(keywords.slice(keywords.lastIndexOf('USER'))).toEqual(['USER', 'ENTRYPOINT', 'CMD'])
})

test('nothing is written anywhere but into the data folder and the temporary one', () => {
  expect(of('VOLUME').join()).toContain('/data')
  expect(of('ENV').join()).toMatch(/FLEETWRIGHT_DATA=\/data .*HOME=\/tmp/)
})

test('the builder gets the files that the build reads, and no others', () => {
  const allowed = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  for (const path of allowed) expect(existsSync(join(root, path)), path).toBe(true)
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    files: readonly string[]
  }
  const packed = files.filter((path) => !path.startsWith('!') && path !== 'dist')
  expect(allowed).toEqual(
    expect.arrayContaining([...packed, 'src', 'build', 'build.ts', 'package.json', 'package-lock.json']),
  )
})

test('no credentials and no addresses of registries are written in it', () => {
  expect(text).not.toMatch(/https?:|ARG .*(?:TOKEN|SECRET|PASSWORD)/i)
  for (const image of of('FROM')) expect(image).toMatch(/^node:24-bookworm-slim/)
})
