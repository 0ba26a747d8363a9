/** Manifests in TOML and the plain lists of Python: pyproject.toml, Pipfile, setup.cfg, requirements, Cargo.toml. */
import type { DeclaredDependency, Manifest } from "../manifest.ts";

type Table = Record<string, unknown>;

async function parseToml(text: string): Promise<Table> {
  const { parse } = await import("smol-toml");
  return parse(text);
}

function table(value: unknown, ...keys: readonly string[]): Table {
  let at = value;
  for (const key of keys) at = isTable(at) ? at[key] : undefined;
  return isTable(at) ? at : {};
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Python's names are the same however they are written (PEP 503). */
function python(requirement: string, isDev: boolean, section: string): DeclaredDependency[] {
  const name = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?=$|[[(<>=!~;@, #])/.exec(requirement)?.[1];
  if (name === undefined) return [];
  return [{ ecosystem: "pypi", name: name.toLowerCase().replaceAll(/[-_.]+/g, "-"), isDev, section }];
}

function list(value: unknown, isDev: boolean, section: string): DeclaredDependency[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => (typeof one === "string" ? python(one, isDev, section) : []));
}

const keys = (value: Table, isDev: boolean, section: string): DeclaredDependency[] =>
  Object.keys(value).flatMap((name) => python(name, isDev, section));

export async function parsePyproject(text: string): Promise<Manifest> {
  const root = await parseToml(text);
  const project = table(root, "project");
  const poetry = table(root, "tool", "poetry");
  const name = project["name"] ?? poetry["name"];
  return {
    ...(typeof name === "string" ? { name } : {}),
    dependencies: [
      ...list(project["dependencies"], false, "project.dependencies"),
      // What a user may add, and what works on it needs: neither is what it runs on.
      ...Object.entries(table(project, "optional-dependencies")).flatMap(([extra, value]) =>
        list(value, true, `project.optional-dependencies.${extra}`),
      ),
      ...Object.entries(table(root, "dependency-groups")).flatMap(([group, value]) =>
        list(value, true, `dependency-groups.${group}`),
      ),
      ...keys(table(poetry, "dependencies"), false, "tool.poetry.dependencies"),
      ...keys(table(poetry, "dev-dependencies"), true, "tool.poetry.dev-dependencies"),
      ...Object.entries(table(poetry, "group")).flatMap(([group, value]) =>
        keys(table(value, "dependencies"), true, `tool.poetry.group.${group}`),
      ),
      ...list(table(root, "tool", "uv")["dev-dependencies"], true, "tool.uv.dev-dependencies"),
    ],
  };
}

export async function parsePipfile(text: string): Promise<Manifest> {
  const root = await parseToml(text);
  return {
    dependencies: [
      ...keys(table(root, "packages"), false, "packages"),
      ...keys(table(root, "dev-packages"), true, "dev-packages"),
    ],
  };
}

export function parseSetupCfg(text: string): Manifest {
  const dependencies: DeclaredDependency[] = [];
  let section = "";
  let isInList = false;
  for (const line of text.split("\n")) {
    const header = /^\[(.+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      isInList = false;
    } else if (/^\S/.test(line)) {
      const value = section === "options" ? /^install_requires\s*=(.*)$/.exec(line)?.[1] : undefined;
      isInList = value !== undefined;
      if (value !== undefined) dependencies.push(...python(value, false, "install_requires"));
    } else if (isInList) dependencies.push(...python(line, false, "install_requires"));
  }
  return { dependencies };
}

const devRequirements = /(?:^|[-_./])(?:dev|develop|development|test|tests|testing|docs?|lint|ci|typing)(?=[-_./]|$)/i;

export function parseRequirements(path: string, text: string): Manifest {
  const [name = ""] = path.split("/").slice(-1);
  const isDev = devRequirements.test(name.replace(/\.txt$/, ""));
  return { dependencies: text.split("\n").flatMap((line) => python(line, isDev, name)) };
}

export async function parseCargo(text: string): Promise<Manifest> {
  const root = await parseToml(text);
  const name = table(root, "package")["name"];
  const of = (owner: Table, prefix: string): DeclaredDependency[] =>
    (
      [
        ["dependencies", false],
        ["dev-dependencies", true],
        ["build-dependencies", true],
      ] as const
    ).flatMap(([key, isDev]) =>
      Object.entries(table(owner, key)).map(([alias, value]) => ({
        ecosystem: "cargo" as const,
        name: packageName(value) ?? alias,
        // What a feature may add is not what every build has.
        isDev: isDev || (isTable(value) && value["optional"] === true),
        section: `${prefix}${key}`,
      })),
    );
  return {
    ...(typeof name === "string" ? { name } : {}),
    dependencies: [
      ...of(root, ""),
      ...Object.entries(table(root, "target")).flatMap(([target, value]) =>
        isTable(value) ? of(value, `target.${target}.`) : [],
      ),
    ],
  };
}

/** `web = { package = "actix-web" }` */
function packageName(value: unknown): string | undefined {
  const name = isTable(value) ? value["package"] : undefined;
  return typeof name === "string" ? name : undefined;
}
