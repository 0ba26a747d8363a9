/**
 * Where a worker thread of the check begins: it turns on the cache of compiled code, which a thread does not take over
 * from the program that starts it, before it loads what there is to compile.
 */
process.getBuiltinModule("node:module").enableCompileCache();
await import("./worker.ts");
