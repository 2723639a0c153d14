import { initFiles } from '../../../src/cli/init-files.ts'

const helloPath = 'fleet/hello.yaml'

/** The fleet with another value of the chart that every cluster has. */
export function greetingFiles(greeting: string): Readonly<Record<string, string>> {
  const written = initFiles[helloPath] ?? ''
  return { [helloPath]: written.replace('greeting: hello from', `greeting: ${greeting}`) }
}
