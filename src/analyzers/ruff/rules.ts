/** What ruff looks for where the repository does not configure it: only what is probably a bug. */
import type { Category, Severity } from "../../model/finding.ts";
import type { RuleDefinition } from "../../model/rule.ts";

type Row = readonly [code: string, name: string, severity: Severity, summary: string, category?: Category];

/**
 * Chosen by reading findings in Django, Flask, requests, httpx, Saleor, Poetry and the standard library. `error` only
 * where the code raises when it runs. Left out on purpose: rules whose hits were mostly meant to be so (`F541`, `F633`, `B006`, which is hardly ever about a default that is changed, `B008`, `B018`,
 * `B019`, `B020`, `F403`, `F405`, `LOG004`, `LOG014`, `PLE0605`, `PLE0704`, `PLW0602`, `S113`, `S301`, `S324`, `S602`, `S608`), rules
 * that need to know where the file lies (`I001`, `INP001`, `N999`), and all matters of taste.
 */
const rows: readonly Row[] = [
  ["F401", "unused-import", "warning", "A name is imported but not used.", "maintainability"],
  ["F404", "late-future-import", "error", "A `__future__` import does not come first."],
  ["F501", "percent-format-invalid-format", "error", "A `%` format is invalid."],
  ["F502", "percent-format-expected-mapping", "error", "A `%` format with names is given no mapping."],
  ["F503", "percent-format-expected-sequence", "error", "A `%` format without names is given a mapping."],
  ["F504", "percent-format-extra-named-arguments", "warning", "A `%` format does not use one of its named values."],
  ["F505", "percent-format-missing-argument", "error", "A `%` format lacks a named value."],
  ["F506", "percent-format-mixed-positional-and-named", "error", "A `%` format mixes named and positional values."],
  ["F507", "percent-format-positional-count-mismatch", "error", "A `%` format has another number of values."],
  ["F508", "percent-format-star-requires-sequence", "error", "A `*` in a `%` format needs a tuple."],
  ["F509", "percent-format-unsupported-format-character", "error", "A `%` format uses an unknown conversion."],
  ["F521", "string-dot-format-invalid-format", "error", "A `str.format` string is invalid."],
  ["F522", "string-dot-format-extra-named-arguments", "warning", "`str.format` does not use one of its named values."],
  ["F523", "string-dot-format-extra-positional-arguments", "warning", "`str.format` does not use one of its values."],
  ["F524", "string-dot-format-missing-arguments", "error", "`str.format` lacks a value."],
  ["F525", "string-dot-format-mixing-automatic", "error", "`str.format` mixes automatic and manual numbering."],
  ["F601", "multi-value-repeated-key-literal", "warning", "A key appears twice in a dictionary: the first is lost."],
  ["F602", "multi-value-repeated-key-variable", "warning", "A key appears twice in a dictionary: the first is lost."],
  ["F621", "expressions-in-star-assignment", "error", "A starred assignment has too many targets."],
  ["F622", "multiple-starred-expressions", "error", "An assignment has two starred targets."],
  ["F631", "assert-tuple", "error", "An assertion on a tuple is always true."],
  ["F632", "is-literal", "warning", "`is` compares identity with a literal; `==` is meant."],
  ["F634", "if-tuple", "error", "A condition that is a tuple is always true."],
  ["F701", "break-outside-loop", "error", "`break` outside a loop."],
  ["F702", "continue-outside-loop", "error", "`continue` outside a loop."],
  ["F704", "yield-outside-function", "error", "`yield` outside a function."],
  ["F706", "return-outside-function", "error", "`return` outside a function."],
  ["F707", "default-except-not-last", "error", "A bare `except` is not the last one."],
  ["F811", "redefined-while-unused", "warning", "A definition replaces an earlier one that was never used."],
  ["F821", "undefined-name", "error", "A name is used that is not defined."],
  ["F822", "undefined-export", "warning", "`__all__` names something that is not defined."],
  ["F823", "undefined-local", "error", "A local variable is used before it is assigned."],
  ["F841", "unused-variable", "warning", "A local variable is assigned but never used.", "maintainability"],
  ["F842", "unused-annotation", "warning", "A local variable is annotated but never used.", "maintainability"],
  ["F901", "raise-not-implemented", "error", "`NotImplemented` is raised; `NotImplementedError` is meant."],
  ["B002", "unary-prefix-increment-decrement", "warning", "`++x` does nothing in Python."],
  ["B005", "strip-with-multi-characters", "warning", "`strip` removes single characters, not a prefix or suffix."],
  ["B012", "jump-statement-in-finally", "warning", "Leaving a `finally` block this way swallows exceptions."],
  ["B014", "duplicate-handler-exception", "warning", "An exception is named twice in one handler.", "maintainability"],
  ["B015", "useless-comparison", "warning", "A comparison's result is thrown away."],
  ["B016", "raise-literal", "error", "A literal is raised, which is a TypeError."],
  ["B021", "f-string-docstring", "warning", "A docstring is an f-string, so it is no docstring."],
  ["B022", "useless-contextlib-suppress", "warning", "`contextlib.suppress()` without exceptions suppresses none."],
  ["B023", "function-uses-loop-variable", "warning", "A function that runs later sees the loop variable's last value."],
  ["B025", "duplicate-try-block-exception", "warning", "A second handler for the same exception never runs."],
  ["B029", "except-with-empty-tuple", "warning", "`except ():` catches nothing."],
  ["B030", "except-with-non-exception-classes", "error", "An `except` names something that is no exception class."],
  ["B031", "reuse-of-groupby-generator", "warning", "A group of `itertools.groupby` is iterated a second time."],
  ["B032", "unintentional-type-annotation", "warning", "An annotation stands where an assignment is probably meant."],
  ["B033", "duplicate-value", "warning", "A set literal holds a value twice.", "maintainability"],
  ["B035", "static-key-dict-comprehension", "warning", "Every turn of a dictionary comprehension has the same key."],
  ["B039", "mutable-contextvar-default", "warning", "A context variable's mutable default is shared by all contexts."],
  ["LOG001", "direct-logger-instantiation", "warning", "A logger made by `Logger()` is outside the configuration."],
  ["LOG007", "exception-without-exc-info", "warning", "`logger.exception` with `exc_info=False` logs no exception."],
  ["PLE0100", "yield-in-init", "error", "`__init__` is a generator."],
  ["PLE0101", "return-in-init", "error", "`__init__` returns a value."],
  ["PLE0115", "nonlocal-and-global", "error", "A name is both nonlocal and global."],
  ["PLE0117", "nonlocal-without-binding", "error", "A nonlocal name has no binding in an enclosing function."],
  ["PLE0118", "load-before-global-declaration", "error", "A name is used before its `global` declaration."],
  ["PLE0237", "non-slot-assignment", "error", "An attribute is set that is not in `__slots__`."],
  ["PLE0241", "duplicate-bases", "error", "A class names a base twice."],
  ["PLE0302", "unexpected-special-method-signature", "warning", "A special method has another signature."],
  ["PLE0303", "invalid-length-return-type", "error", "`__len__` does not return a non-negative integer."],
  ["PLE0305", "invalid-index-return-type", "error", "`__index__` does not return an integer."],
  ["PLE0307", "invalid-str-return-type", "error", "`__str__` does not return a string."],
  ["PLE0308", "invalid-bytes-return-type", "error", "`__bytes__` does not return bytes."],
  ["PLE0309", "invalid-hash-return-type", "error", "`__hash__` does not return an integer."],
  ["PLE0604", "invalid-all-object", "error", "`__all__` holds something that is no string."],
  ["PLE0643", "potential-index-error", "error", "An index lies outside a list of known length."],
  ["PLE1132", "repeated-keyword-argument", "error", "A keyword argument is given twice."],
  ["PLE1142", "await-outside-async", "error", "`await` outside an async function."],
  ["PLE1205", "logging-too-many-args", "warning", "A logging call has more values than its format."],
  ["PLE1206", "logging-too-few-args", "warning", "A logging call has fewer values than its format."],
  ["PLE1300", "bad-string-format-character", "error", "A format uses an unknown conversion."],
  ["PLE1307", "bad-string-format-type", "error", "A `%` conversion does not fit its value's type."],
  ["PLE1310", "bad-str-strip-call", "warning", "`strip` is given a character twice: a prefix or suffix is meant."],
  ["PLE1507", "invalid-envvar-value", "error", "`os.getenv` is given a name that is no string."],
  ["PLE1519", "singledispatch-method", "error", "`singledispatch` decorates a method, so it looks at `self`."],
  ["PLE1520", "singledispatchmethod-function", "error", "`singledispatchmethod` decorates a plain function."],
  ["PLR0124", "comparison-with-itself", "warning", "A value is compared with itself."],
  ["PLW0127", "self-assigning-variable", "warning", "A variable is assigned to itself."],
  ["PLW0129", "assert-on-string-literal", "error", "An assertion on a text is always true (or always false)."],
  ["PLW0131", "named-expr-without-context", "warning", "A named expression stands alone."],
  ["PLW0133", "useless-exception-statement", "error", "An exception is created but not raised."],
  ["PLW0177", "nan-comparison", "error", "A comparison with NaN is always false."],
  ["PLW0211", "bad-staticmethod-argument", "warning", "A static method's first parameter is called `self` or `cls`."],
  ["PLW0245", "super-without-brackets", "error", "`super` is used without calling it."],
  ["PLW0406", "import-self", "warning", "A module imports itself."],
  ["PLW0711", "binary-op-exception", "error", "`except A or B` catches only A."],
  ["PLW1501", "bad-open-mode", "error", "`open` is given an invalid mode."],
  ["PLW2101", "useless-with-lock", "error", "A lock made in the `with` itself locks nothing."],
  ["RUF006", "asyncio-dangling-task", "warning", "A task without a reference can be collected before it ends."],
  ["RUF008", "mutable-dataclass-default", "error", "A dataclass field has a mutable default."],
  ["RUF016", "invalid-index-type", "error", "An index has a type that raises."],
  ["RUF018", "assignment-in-assert", "warning", "An assignment in an assertion vanishes under `-O`."],
  ["RUF024", "mutable-fromkeys-value", "warning", "All keys of `dict.fromkeys` share one mutable value."],
  ["RUF026", "default-factory-kwarg", "error", "`defaultdict(default_factory=...)` stores a key instead."],
  ["RUF030", "assert-with-print-message", "warning", "An assertion's message is `print(...)`, which is None."],
  ["RUF033", "post-init-default", "warning", "`__post_init__` has a default that is never used."],
  ["RUF034", "useless-if-else", "warning", "Both branches of a conditional expression are the same."],
  ["RUF040", "invalid-assert-message-literal-argument", "warning", "An assertion's message is no text: `==` is meant?"],
  ["RUF049", "dataclass-enum", "warning", "An enum is decorated as a dataclass."],
  ["RUF060", "in-empty-collection", "warning", "`in` looks into an empty collection."],
  ["RUF064", "non-octal-permissions", "warning", "File permissions are written as a decimal number.", "security"],
  ["ASYNC105", "trio-sync-call", "error", "An async function is called without `await`."],
  [
    "ASYNC210",
    "blocking-http-call-in-async-function",
    "warning",
    "A blocking HTTP call stops the event loop.",
    "performance",
  ],
  [
    "ASYNC251",
    "blocking-sleep-in-async-function",
    "warning",
    "`time.sleep` in an async function stops the event loop.",
    "performance",
  ],
  ["PIE794", "duplicate-class-field-definition", "warning", "A class field is defined twice: the first is lost."],
  ["SIM220", "expr-and-not-expr", "warning", "`x and not x` is always false."],
  ["SIM221", "expr-or-not-expr", "warning", "`x or not x` is always true."],
  ["S323", "suspicious-unverified-context-usage", "warning", "TLS certificates are not verified.", "security"],
  ["S501", "request-with-no-cert-validation", "warning", "TLS certificates are not verified.", "security"],
  ["S502", "ssl-insecure-version", "warning", "An insecure TLS version is used.", "security"],
  ["S503", "ssl-with-bad-defaults", "warning", "An insecure TLS version is the default.", "security"],
  ["S505", "weak-cryptographic-key", "warning", "A cryptographic key is too short.", "security"],
  ["S506", "unsafe-yaml-load", "warning", "`yaml.load` can run code that the document names.", "security"],
  ["S507", "ssh-no-host-key-verification", "warning", "SSH host keys are not verified.", "security"],
  ["S509", "snmp-weak-cryptography", "warning", "SNMP is used without encryption.", "security"],
  ["S612", "logging-config-insecure-listen", "warning", "Logging configuration is accepted unverified.", "security"],
];

export const syntaxRule = "ruff/invalid-syntax";

export const ruffRules: readonly RuleDefinition[] = [
  {
    id: syntaxRule,
    summary: "The file cannot be parsed.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "A file that does not parse cannot be imported. Files that are no Python 3 (Python 2, templates, test fixtures) are not reported.",
  },
  ...rows.map(([code, name, severity, summary, category]): RuleDefinition => ({
    id: `ruff/${code}`,
    summary,
    category: category ?? "correctness",
    severity,
    recommended: true,
    helpUrl: `https://docs.astral.sh/ruff/rules/${name}/`,
  })),
];

/** The settings for files that no ruff configuration governs. */
export function defaultSettings(isRuleOn: (rule: string) => boolean): Record<string, unknown> {
  return {
    // The newest syntax: which Python the file is for is not known, so nothing is too new for it.
    "target-version": "py314",
    lint: { select: rows.map(([code]) => code).filter((code) => isRuleOn(`ruff/${code}`)) },
  };
}

/**
 * Rules that a file's text alone cannot answer: they need its path, its neighbours, or the list of installed packages,
 * which the engine is not given; RUF100 then takes the `noqa` for one of them to be needless. Where the repository runs
 * ruff itself, that tool reports them.
 */
export const needsMoreThanText = new Set(
  "I001 TC001 TC002 TC003 TCH001 TCH002 TCH003 INP001 N999 A005 D100 D104 RUF067 RUF100 EXE001 EXE002".split(" "),
);

/**
 * Rules that left preview in 0.15 and 0.16, as ruff's changelog lists them. A family such as `ISC` or `PL` in a
 * configuration written for an earlier version did not mean them: only by their own name are they asked for.
 */
export const newcomers = new Set(
  [
    "AIR303 ASYNC212 ASYNC240 ASYNC250 B912 CPY001 FURB110 FURB164 FURB171 FURB192 ISC004 LOG004 PLC0207 PLE0304",
    "PLR0917 PLR1708 PLW0108 RUF036 RUF037 RUF060 RUF061 RUF063 RUF064 RUF068 RUF102 RUF103 RUF104 UP042",
  ]
    .join(" ")
    .split(" "),
);

/**
 * Rules whose fix keeps behaviour. The engine returns edits without saying how safe they are, so whatever is not known
 * to be safe counts as unsafe.
 */
export const safeFixes = new Set(
  (
    "F401 F541 F632 F811 W291 W292 W293 W605 E703 E713 E714 PIE790 UP004 UP006 UP007 UP009 UP010 UP012 UP015 UP020 " +
    "UP021 UP024 UP034 UP035 UP037 UP045 Q000 Q001 Q002 Q003 COM812 COM819 RUF100 B009 B010 B033 B014 D200 D201 D202 " +
    "D207 D208 D209 D210 D211 D212 D213 D300 PT001 PT023 RSE102 SIM101 ISC001 PLR0402"
  ).split(" "),
);

/** Categories of rules that only a repository's own configuration turns on, by the letters of their code. */
const categories: Readonly<Record<string, Category>> = {
  ANN: "style",
  C: "maintainability",
  COM: "style",
  D: "documentation",
  DOC: "documentation",
  E: "style",
  ERA: "maintainability",
  FURB: "maintainability",
  I: "style",
  N: "style",
  PERF: "performance",
  PLC: "style",
  PLR: "maintainability",
  PT: "test",
  Q: "style",
  RET: "style",
  S: "security",
  SIM: "maintainability",
  UP: "maintainability",
  W: "style",
};

export function categoryOf(code: string): Category {
  return categories[/^[A-Z]+/.exec(code)?.[0] ?? ""] ?? "correctness";
}
