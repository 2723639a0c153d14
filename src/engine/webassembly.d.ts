/** The part of WebAssembly's interface that the engine uses: TypeScript has it in its DOM library alone. */
declare namespace WebAssembly {
  type ModuleImports = Record<string, (...args: never[]) => number>

  class Module {
    private constructor()
    static imports(module: Module): { readonly module: string; readonly name: string }[]
  }

  interface Memory {
    readonly buffer: ArrayBuffer
  }

  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>
  }

  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>
  function instantiate(module: Module, imports: Readonly<Record<string, ModuleImports>>): Promise<Instance>
}
