/** Which environment variables the code reads. */

const sourceFile = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rb|php|java|kt|rs|cs)$/;
const notProduct =
  /(?:^|\/)(?:node_modules|vendor|dist|build|coverage|fixtures|examples?|docs?|__tests__|tests?|spec|e2e|hack|bench)\/|\.(?:test|spec|stories)\.|_(?:test|spec)\.\w+$|(?:^|\/)test_[^/]+$/;
/** Reading more would not change an answer that one use gives. */
const mostSources = 2_000;

/** Set by the system, the shell, the platform or the tool itself: nobody has to be told of them. */
const ownVariable =
  /^(?:NODE_ENV|NODE_OPTIONS|RAILS_ENV|RACK_ENV|CI|PORT|HOST|HOME|PATH|PWD|OLDPWD|USER|LOGNAME|SHELL|TERM|COLORTERM|COLUMNS|LINES|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|HOSTNAME|EDITOR|VISUAL|PAGER|DISPLAY|NO_COLOR|FORCE_COLOR|CLICOLOR(?:_FORCE)?|XDG_\w+|APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAMFILES|SYSTEMROOT|COMSPEC|GOPATH|GOROOT|GOOS|GOARCH|GOBIN|JAVA_HOME|PYTHONPATH|VIRTUAL_ENV|(?:HTTPS?|NO|ALL)_PROXY|DEV|PROD|MODE|SSR|BASE_URL|REPL_ID|REPL_SLUG|REPL_OWNER|VERCEL(?:_\w+)?|NETLIFY|GITHUB_\w+|npm_\w+)$/;

const use =
  /(?:process\.env|import\.meta\.env)(?:\.([A-Z][A-Z\d_]+)|\[["']([A-Z][A-Z\d_]+)["']\])|(?:os\.environ(?:\.get)?|os\.getenv|os\.Getenv|\bgetenv|ENV\.fetch|ENV)[[(]\s*["']([A-Z][A-Z\d_]+)["']/g;

/** Paths of the product's own sources, as far as they are read. */
export function productSources(paths: readonly string[]): string[] {
  return paths.filter((path) => sourceFile.test(path) && !notProduct.test(path)).slice(0, mostSources);
}

/** Name to the first file that reads it. */
export async function readEnvironmentNames(
  paths: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const path of productSources(paths)) {
    for (const match of ((await read(path)) ?? "").matchAll(use)) {
      const name = match[1] ?? match[2] ?? match[3];
      if (name !== undefined && !ownVariable.test(name) && !names.has(name)) names.set(name, path);
    }
  }
  return names;
}
