/** Follows names from where they are exported to where they are imported. What is unsure counts as used. */
import { conventionsOf } from "./framework-conventions.ts";
import type { ExportFacts, ModuleFacts } from "./module-facts.ts";
import { join, type Resolver } from "./resolution.ts";

export interface DeadExport {
  readonly path: string;
  readonly fact: ExportFacts;
}

/** Loaded by a tool or a person, by its place or its name, whatever the frameworks. */
const entryPath =
  /(?:^|\/)(?:migrations?|seeds?|seeders|scripts?|bin|examples?|demos?|docs?|playgrounds?|fixtures?|__fixtures__|__mocks__|mocks?|stories|\.storybook|cypress|e2e|e2e-tests|netlify|public|static|locales?|i18n|templates?|[^/]*generated[^/]*|vendor|third[-_]?party|bench(?:marks?)?|\.[^/]+)\/|(?:\.|\/)(?:config|conf|setup|stories|story|test|spec|bench|cy|e2e|d|gen|generated|server|client|worker|sw|mock|fixture)\.[cm]?[jt]sx?$|(?:^|\/)[^/]*rc\.[cm]?[jt]s$|\.d\.[cm]?ts$|(?:^|\/)(?:gulpfile|gruntfile|service-?worker)\.[cm]?[jt]s$/i;

/** Names that runtimes, test runners, editors and hosts look for in a module. */
const runtimeName = /^(?:default|config|handler|setup|teardown|activate|deactivate|register|up|down|__\w+)$/;

interface Use {
  all: boolean;
  readonly names: Set<string>;
  /** Somebody imports it by a statement: so it is no entry that only a framework loads. */
  isImported: boolean;
}

export function findDeadExports(
  facts: ReadonlyMap<string, ModuleFacts>,
  resolver: Resolver,
  packages: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): DeadExport[] {
  const frameworks = conventionsOf(packages);
  const uses = new Map<string, Use>();
  const useOf = (path: string): Use => {
    let use = uses.get(path);
    if (use === undefined) {
      use = { all: false, names: new Set(), isImported: false };
      uses.set(path, use);
    }
    return use;
  };
  const sortedPaths = [...facts.keys()].sort();

  for (const directory of packages.keys()) {
    for (const path of resolver.entries(directory)) useOf(path).all = true;
  }
  for (const [path, { imports = [], mentions = [] }] of facts) {
    for (const { from, names, isStatic } of imports) {
      for (const target of resolver.resolve(path, from)) {
        const use = useOf(target);
        if (isStatic) use.isImported = true;
        for (const name of names) {
          if (name === "*") use.all = true;
          else use.names.add(name);
        }
      }
    }
    for (const mention of mentions) {
      if (mention.endsWith("*")) {
        const start = join(path.slice(0, Math.max(0, path.lastIndexOf("/"))), mention.slice(0, -1));
        for (const other of withPrefix(sortedPaths, start)) useOf(other).all = true;
      } else {
        const target = resolver.resolveRelative(path, mention);
        if (target !== undefined) useOf(target).all = true;
      }
    }
  }
  spread(facts, resolver, useOf);

  const dead: DeadExport[] = [];
  for (const path of sortedPaths) {
    const { exports = [] } = facts.get(path) as ModuleFacts;
    const use = uses.get(path);
    if (use === undefined || use.all || !use.isImported) continue;
    if (entryPath.test(path) || frameworks.isLoaded(path)) continue;
    for (const fact of exports) {
      if (use.names.has(fact.name) || fact.isUsedInside || runtimeName.test(fact.name)) continue;
      if (!frameworks.isRead(path, fact.name)) dead.push({ path, fact });
    }
  }
  return dead;
}

/** `export * from` passes on what is asked of a module, until nothing changes. */
function spread(facts: ReadonlyMap<string, ModuleFacts>, resolver: Resolver, useOf: (path: string) => Use): void {
  const stars: [from: string, to: string][] = [];
  for (const [path, { stars: specifiers = [] }] of facts) {
    for (const specifier of specifiers)
      for (const target of resolver.resolve(path, specifier)) stars.push([path, target]);
  }
  let changed = true;
  while (changed) {
    changed = false;
    for (const [from, to] of stars) {
      const source = useOf(from);
      const target = useOf(to);
      // Nobody imports the module that passes on: it is an entry, and so is what it passes on.
      if ((source.all || !source.isImported) && !target.all) {
        target.all = true;
        changed = true;
      }
      for (const name of source.names) {
        if (!target.names.has(name)) {
          target.names.add(name);
          changed = true;
        }
      }
    }
  }
}

function* withPrefix(sorted: readonly string[], prefix: string): Generator<string> {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < prefix) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < sorted.length; i++) {
    const path = sorted[i] as string;
    if (!path.startsWith(prefix)) return;
    yield path;
  }
}
