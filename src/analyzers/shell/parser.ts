/** sh-syntax with its WASM compiled once; the package itself compiles it again for every text. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

type Parse = (text: string, options: { variant: number; filepath: string; keepComments: boolean }) => Promise<unknown>;

/** Node has it; TypeScript's library knows it only with the browser's. */
interface WebAssemblyApi {
  compile(source: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

let loaded: Promise<Parse> | undefined;

export function loadParser(): Promise<Parse> {
  loaded ??= compile();
  return loaded;
}

async function compile(): Promise<Parse> {
  const { getProcessor } = await import("sh-syntax");
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const source = await readFile(createRequire(import.meta.url).resolve("sh-syntax/main.wasm"));
  const module = await wasm.compile(source);
  // One parameter tells sh-syntax that it is given instances; each text gets a fresh one, so that a crash harms none.
  const instantiate = (imports: object): Promise<object> => wasm.instantiate(module, imports);
  return getProcessor(instantiate as Parameters<typeof getProcessor>[0]) as Parse;
}
