import { join } from 'node:path'
import ts from 'typescript'

/**
 * Types of the public API: dist/types/index.d.ts and what it mentions. Faults of types are those of `npm run check:types`;
 * here only one that keeps a declaration from being written counts.
 */
export function writeDeclarations(root: string): void {
  const configPath = join(root, 'tsconfig.json')
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail }
  const config = ts.getParsedCommandLineOfConfigFile(configPath, {}, host)
  if (config === undefined) throw new Error(`${configPath} cannot be read`)
  const program = ts.createProgram([join(root, 'src/index.ts')], {
    ...config.options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, 'src'),
    outDir: join(root, 'dist/types'),
  })
  const { diagnostics } = program.emit()
  diagnostics.forEach(fail)
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
}
