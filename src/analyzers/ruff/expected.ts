/** What a maintainer would wave away: hits of the default rules that are meant to be so. */
import type { SourceFile } from "../../model/source-file.ts";
import type { RuffDiagnostic } from "./protocol.ts";

/** Inputs of tests are often wrong on purpose. */
export const fixtureFolders =
  /(?:^|\/)(?:tests?\/(?:quer(?:y|ies)|indents?|highlights?|injections|grammars?)|fixtures?|testdata|test-data|test_data|snapshots|[\w-]*(?:syntax|grammar|highlight\w*)[-_]tests?|lib2to3\/tests\/data|badsyntax)\//i;

/**
 * Examples for a rule engine and cases of a formatter, wrong on purpose whatever the configuration says: who runs ruff
 * leaves them out elsewhere, by what is handed to it.
 */
export const ruleExamples = /(?:^|\/)(?:\.semgrep|semgrep-rules|tests?\/(?:unit\/|integration\/)?data)\//;

/** Only for files that no ruff configuration governs. */
export function isExpected(diagnostic: RuffDiagnostic, source: SourceFile): boolean {
  const code = diagnostic.code ?? "";
  const { path, text } = source;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const line = source.line(diagnostic.start_location.row);
  switch (code) {
    case "F401":
      // A package's face, a compatibility module and pytest's conftest import for others; `try` probes for a module.
      return (
        name === "__init__.py" ||
        name === "conftest.py" ||
        /compat|^six\.py$|^api\.py$|^_?exports?\.py$|(?:^|_)(?:helpers?|common|base|prelude|imports|all)\.py$/.test(
          name,
        ) ||
        diagnostic.message.includes("find_spec") ||
        isFace(text) ||
        isCommandNotebook(text) ||
        // Tests import for fixtures and side effects, and nobody tidies them.
        isTest(path) ||
        // Written by Django; and what another linter is told to let pass.
        /(?:^|\/)migrations\//.test(path) ||
        /#\s*pylint:\s*disable=[^\n]*(?:W0611|unused-import)/.test(text)
      );
    case "F811":
      // A class or function that a decorator hands on, `@api.route("/x")`, is used by it.
      if (registering.test(decoratorOf(source, diagnostic.start_location.row))) return true;
      // A test's parameter of a fixture's name, and everything else that is no definition of its own.
      return name === "conftest.py" || !/^\s*(?:async\s+def|def|class)\s/.test(line) || isParameterAt(line, diagnostic);
    case "F821":
      // `except NameError` asks which Python this is, and `del T` takes a name away after its last use.
      return (
        definesNamesDynamically(text) ||
        isCommandNotebook(text) ||
        /#.*pylint:\s*disable=[^#]*(?:undefined-variable|E0602)/.test(line) ||
        // An annotation in quotes is never evaluated: `Union["Epic", "Task"]`.
        /["']/.test(line[diagnostic.start_location.column - 2] ?? "") ||
        // What `import *` brought may be taken away again.
        (/^\s*del\s/.test(line) && starImport.test(text)) ||
        diagnostic.message.includes("`__path__`") ||
        /^\s*except\s*\(?[\w,\s]*\bNameError\b/m.test(text) ||
        // Python 2's `except Error, e:` is Python 3.14's `except Error, e:`, which catches two.
        /^[ \t]*except[ \t]+[\w.]+[ \t]*,[ \t]*[a-z]\w*[ \t]*:/m.test(text) ||
        isDeletedLater(text, /`(\w+)`/.exec(diagnostic.message)?.[1])
      );
    case "F822":
      // In a package, `__all__` may name modules beside it.
      return definesNamesDynamically(text) || name === "__init__.py" || /^def __getattr__\b/m.test(text);
    case "F507":
      return text
        .slice(source.offset(diagnostic.start_location.row, 1), source.offset(diagnostic.end_location.row + 1, 1))
        .includes("locals()");
    case "PLW0211":
      // A class decorator calls its parameter what it is.
      return /def __new__\b/.test(line) || diagnostic.message.includes("`cls`");
    case "F841":
      // `except X as e` without a use is harmless; tests keep values alive or call for the effect.
      // Taken out of a dictionary, for the effect as well.
      return (
        /^\s*(?:except|with|async with)\b|\.pop\(/.test(line) ||
        /^\s*\w+\s*=\s*(?:await\s+)?[\w.]*\b(?:create|add|make|new|insert|register|start|open|send|save|init|setup|get_or_create)\w*\(/.test(
          line,
        ) ||
        isTest(path)
      );
    case "PLR0124":
      // `x != x` is how NaN is recognised.
      return line.includes("!=") || isTest(path);
    case "F632":
    case "B015":
    case "B006":
    case "RUF018":
    case "PLE0302":
    case "S501":
    case "S323":
    case "S505":
    case "ASYNC210":
    case "ASYNC251":
      return isTest(path);
    case "S506":
      // A loader of the repository's own, most often derived from the safe one.
      return !/\b(?:Full|Unsafe|Base|C)?Loader`/.test(diagnostic.message);
    case "B005":
      // A set of signs may well be meant: `.rstrip(" & ")`.
      return !/strip\(\s*[rbf]*["'][^"']*[A-Za-z0-9]/.test(line);
    case "B023":
      return !runsLater(source, diagnostic.start_location.row);
    case "PLW0127":
      // `name = name` at the top of a module or class gives an imported name a place.
      // In a `try` it asks whether the name exists.
      return (
        isTest(path) ||
        /^\s*try\s*:/.test(source.line(diagnostic.start_location.row - 1)) ||
        !/^\s+/.test(line) ||
        /^\s*class\b/m.test(text.slice(0, source.offset(diagnostic.start_location.row, 1)))
      );
    default:
      return false;
  }
}

/** Databricks runs such files cell by cell, after others that `%run` names. */
function isCommandNotebook(text: string): boolean {
  return text.includes("# COMMAND ----------");
}

/** Not every call: `@pytest.mark.parametrize(…)` over a second test of the name hands nothing on. */
const registering =
  /^\s*@[\w.]*\b(?:route|get|post|put|patch|delete|head|options|websocket|errorhandler|command|task|register|receiver|listener|on|event|handler|hook|filter|middleware)\(/;

/** The topmost of the decorators above a definition, or "". */
function decoratorOf(source: SourceFile, row: number): string {
  let top = "";
  for (let at = row - 1; at > 0 && /^\s*@/.test(source.line(at)); at--) top = source.line(at);
  return top;
}

const starImport = /^\s*from\s+[\w.]+\s+import\s+\*/m;

/** A module that defines nothing itself and passes on all of another one. */
function isFace(text: string): boolean {
  return starImport.test(text) && !/^(?:async\s+def|def|class)\s/m.test(text);
}

function isDeletedLater(text: string, name: string | undefined): boolean {
  return name !== undefined && new RegExp(String.raw`^del (?:\w+, *)*${name}\b`, "m").test(text);
}

export function isTest(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|testing|testsuite|unittests?)\//i.test(path) ||
    /(?:^|\/)(?:test_[^/]*|[^/]*_tests?|conftest)\.py$/.test(path)
  );
}

function isParameterAt(line: string, diagnostic: RuffDiagnostic): boolean {
  const bracket = line.indexOf("(");
  return /^\s*(?:async\s+)?def\b/.test(line) && bracket >= 0 && diagnostic.start_location.column > bracket + 1;
}

function definesNamesDynamically(text: string): boolean {
  return /\bglobals\(\)|\bglobal_enum\b|\b_convert_\(|\b(?:exec|execfile)\s*\(|\bvars\(\)\s*\[|\blocals\(\)\.update/.test(
    text,
  );
}

/** Whether a closure in a loop is handed to something that keeps it; `sorted(key=...)` and the like call it at once. */
function runsLater(source: SourceFile, row: number): boolean {
  let context = "";
  for (let line = Math.max(1, row - 3); line <= row; line++) context += `${source.line(line)}\n`;
  return /on_commit|call_soon|call_later|call_at|Thread\(|Timer\(|\.submit\(|add_done_callback|\.connect\(|\.append\(|\.bind\(|command=|callback=|atexit\.register|create_task|ensure_future|signal\.signal/.test(
    context,
  );
}

/** Why a file that does not parse is no Python 3 that somebody got wrong. */
export function whyNotPython(source: SourceFile): string | undefined {
  const { path, text } = source;
  if (fixtureFolders.test(path) || /(?:^|\/)(?:bad|badsyntax|invalid)_[^/]*\.py$/.test(path)) {
    return "an input of tests that does not parse";
  }
  if (text.slice(0, 4096).includes("\0")) return "binary";
  if (/\{%-?\s|\{\{[^}\n]*\}\}|<%|%%\w+%%|\$\{\w+\}\s*$/m.test(text)) return "a template";
  if (/\bpython2(?:\.\d)?\b/.test(text.slice(0, 200))) return "Python 2";
  // Blanks without line ends: `^\s*` would begin anew in every blank line, and thousands of them take minutes.
  const python2 =
    /^[ \t]*print[ \t]+(?!\()["'\w%]|^[ \t]*print[ \t]*$|^[ \t]*except\s+[\w.() ,]+,\s*\w+\s*:|^[ \t]*raise\s+\w+\s*,\s*|\bexec\s+["']|^[ \t]*print\s*>>|\bur["']|[^\w"']0[0-7]+\b(?!\.)|<>|(?<!`)`\w+`(?!`)|\.has_key\(/m;
  if (python2.test(text)) return "Python 2";
  if (/^[ \t]*[%!]\w+|^[ \t]*\w+\?[ \t]*$/m.test(text)) return "IPython, not Python";
  return undefined;
}
