// Makes the checkout of the GitHub Action runnable: installs what the lockfile says, bundles, keeps what runs. Plain
// JavaScript without packages, because nothing is installed yet.
//
// node prepare-action.js <folder>     the folder is complete when it exists: it gets its name last
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const source = resolve(import.meta.dirname, "..");
const target = resolve(process.argv[2]);
const staging = `${target}.${process.pid}`;

mkdirSync(dirname(target), { recursive: true });
rmSync(staging, { recursive: true, force: true });
mkdirSync(staging);
for (const name of ["bin", "src", "schemas", "workflows", "build.ts", "package.json", "package-lock.json"])
  if (existsSync(join(source, name))) cpSync(join(source, name), join(staging, name), { recursive: true });

// Two development packages are needed, the bundler and one that is bundled, and npm installs all of them or none: in the
// copy they become dependencies, at the versions and with the checksums that the lockfile has.
const manifest = readJson("package.json");
const lock = readJson("package-lock.json");
const forBuild = Object.fromEntries(
  ["@actions/languageservice", "esbuild"].map((name) => [name, manifest.devDependencies[name]]),
);
for (const each of [manifest, lock.packages[""]]) {
  each.dependencies = { ...each.dependencies, ...forBuild };
  each.devDependencies = undefined;
}
for (const path of withDependencies(Object.keys(forBuild))) lock.packages[path].dev = undefined;
for (const [path, entry] of Object.entries(lock.packages))
  if (entry.dev === true || entry.devOptional === true) Reflect.deleteProperty(lock.packages, path);
writeFileSync(join(staging, "package.json"), JSON.stringify(manifest));
writeFileSync(join(staging, "package-lock.json"), JSON.stringify(lock));

// No package's script runs: those that hold native code bring it along.
run("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
run(process.execPath, ["--experimental-strip-types", "--no-warnings", "build.ts"]);

const needed = runtimePackages();
prune(join(staging, "node_modules"), "node_modules");
for (const name of ["src", "build.ts"]) rmSync(join(staging, name), { recursive: true });
// What the program is called and its version; the rest would be of no use without the sources.
writeFileSync(
  join(staging, "package.json"),
  JSON.stringify({ name: manifest.name, version: manifest.version, type: manifest.type }),
);
rmSync(join(staging, "package-lock.json"));

try {
  renameSync(staging, target);
} catch (error) {
  // Another job on this machine was faster: its folder is as good.
  rmSync(staging, { recursive: true, force: true });
  if (!existsSync(join(target, "dist", "cli.js"))) throw error;
}

function readJson(name) {
  return JSON.parse(readFileSync(join(staging, name), "utf8"));
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: staging,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32" && command === "npm",
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    rmSync(staging, { recursive: true, force: true });
    process.stderr.write(`::error title=CodeFlow could not be installed::${command} ${args[0]} ended with ${status}\n`);
    process.exit(3);
  }
}

/** What the bundle imports by name, and what that depends on. Paths in the lockfile. */
function runtimePackages() {
  const names = new Set();
  for (const file of readdirSync(join(staging, "dist"))) {
    const text = readFileSync(join(staging, "dist", file), "utf8");
    // Too many names cost a few files, one too few would be missed: any text that is the name of a package counts.
    for (const [, name] of text.matchAll(/["'`]((?:@[\w.-]+\/)?[\w.-]+)(?:\/[\w./-]*)?["'`]/g)) names.add(name);
  }
  return withDependencies(Object.keys(manifest.dependencies).filter((name) => names.has(name) && !(name in forBuild)));
}

function withDependencies(names) {
  const paths = new Set();
  const visit = (from, name) => {
    const path = located(from, name);
    if (path === undefined || paths.has(path)) return;
    paths.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = lock.packages[path];
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      visit(path, next);
  };
  for (const name of names) visit("", name);
  return paths;
}

/** Where Node would find a package, from another one. */
function located(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (lock.packages[path] !== undefined) return path;
    if (at === "") return undefined;
  }
}

function prune(folder, path) {
  for (const entry of readdirSync(folder)) {
    const inner = `${path}/${entry}`;
    if (entry.startsWith("@")) prune(join(folder, entry), inner);
    else if (!needed.has(inner)) rmSync(join(folder, entry), { recursive: true, force: true });
    else removeForeign(join(folder, entry));
  }
}

/** Grammars come with the machine code of every platform, and with the sources that it was made from. */
function removeForeign(folder) {
  const prebuilds = join(folder, "prebuilds");
  if (!folder.includes("@ast-grep") || !existsSync(prebuilds)) return;
  const system = { linux: "Linux", darwin: "macOS", win32: "Windows" }[process.platform];
  const own = `prebuild-${system}-${process.arch.toUpperCase()}`;
  if (!existsSync(join(prebuilds, own))) return;
  for (const entry of readdirSync(prebuilds)) if (entry !== own) rmSync(join(prebuilds, entry), { recursive: true });
  rmSync(join(folder, "src"), { recursive: true, force: true });
}
