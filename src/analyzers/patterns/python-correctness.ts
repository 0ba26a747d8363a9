/** Structural rules for Python: correctness and performance. */
import { calls, type PatternRule } from "./pattern-rule.ts";

const languages = ["python"] as const;

export const pythonCorrectnessRules: readonly PatternRule[] = [
  {
    name: "py-strip-word",
    languages,
    summary:
      "`strip` takes a set of characters, not a prefix or suffix: it also removes letters that belong to the text.",
    severity: "error",
    category: "correctness",
    rationale: "`'https://plus.example'.lstrip('https://')` is `'lus.example'`. Use `removeprefix` and `removesuffix`.",
    keywords: ["strip("],
    prefilter: /strip\(["'](?:https?:|www|s3:|git@|[\w-]*\.[a-z])/,
    rule: calls("$S.lstrip($P)", "$S.rstrip($P)", "$S.strip($P)"),
    constraints: {
      P: {
        kind: "string",
        regex: String.raw`^["'](?:https?:|www\.|s3:|git@|[\w-]*\.(?:json|py|txt|csv|git|html?|ya?ml|xml|png|jpe?g|gz|tar|zip|md|log|com|org)["'])`,
      },
    },
    bad: ["host = url.lstrip('https://')", "name = path.rstrip('.json')"],
    good: ["host = url.removeprefix('https://')", "text.strip(' \\n')", "text.strip('.,')"],
  },
  {
    name: "py-default-evaluated-once",
    languages,
    summary: "The default is computed once, when the function is defined, not at each call.",
    severity: "error",
    category: "correctness",
    exemptTests: true,
    rationale:
      "Every call gets the time or identifier of the program's start. Use `None` as the default and compute inside.",
    keywords: ["now()", "today()", "time.time()", "uuid4()", "uuid1()", "utcnow()"],
    prefilter:
      /=\s*(?:(?:datetime\.)?datetime\.(?:now|utcnow|today)|(?:datetime\.)?date\.today|timezone\.now|time\.time|uuid\.uuid[14]|uuid[14])\(\)/,
    rule: {
      any: [{ kind: "default_parameter" }, { kind: "typed_default_parameter" }],
      has: {
        field: "value",
        regex: String.raw`^(?:datetime\.(?:datetime\.)?(?:now|utcnow|today)|(?:datetime\.)?date\.today|timezone\.now|time\.time|uuid\.uuid[14]|uuid[14])\(\)$`,
      },
      not: { inside: { kind: "lambda_parameters" } },
    },
    bad: ["def log(message, at=datetime.now()):\n    pass", "def make(id: UUID = uuid.uuid4()):\n    pass"],
    good: ["def log(message, at=None):\n    at = at or datetime.now()", "def make(id=uuid.uuid4):\n    pass"],
  },
  {
    name: "py-model-default-evaluated-once",
    languages,
    summary: "Every row gets the time or identifier of the program's start: the default is called once.",
    severity: "error",
    category: "correctness",
    rationale: "Pass the function itself: `default=timezone.now`.",
    keywords: ["now()", "today()", "uuid4()", "utcnow()"],
    prefilter: /(?:default|default_factory|onupdate)\s*=\s*[\w.]+\(\)/,
    rule: {
      kind: "keyword_argument",
      all: [
        { has: { field: "name", regex: "^(?:default|default_factory|onupdate)$" } },
        {
          has: {
            field: "value",
            regex: String.raw`^(?:datetime\.(?:datetime\.)?(?:now|utcnow|today)|(?:datetime\.)?date\.today|timezone\.now|uuid\.uuid4|uuid4)\(\)$`,
          },
        },
        {
          inside: {
            kind: "argument_list",
            inside: {
              kind: "call",
              has: { field: "function", regex: String.raw`Field$|(?:^|\.)(?:Column|mapped_column)$` },
            },
          },
        },
        { inside: { kind: "class_definition", stopBy: "end" } },
      ],
    },
    bad: ["class Post(Model):\n    created = models.DateTimeField(default=timezone.now())"],
    good: ["class Post(Model):\n    created = models.DateTimeField(default=timezone.now)"],
  },
  {
    name: "py-join-absolute",
    languages,
    summary: "A part that begins with `/` makes `os.path.join` drop all parts before it.",
    severity: "error",
    category: "correctness",
    exemptTests: true,
    rationale: "`os.path.join(root, '/etc')` is `'/etc'`. Leave the slash out.",
    keywords: ["path.join("],
    rule: {
      any: [
        { pattern: "os.path.join($A, $P)" },
        { pattern: "os.path.join($A, $P, $$$)" },
        { pattern: "os.path.join($A, $B, $P)" },
      ],
    },
    constraints: { P: { kind: "string", regex: String.raw`^[rbf]?["']/[^"']` } },
    bad: ["path = os.path.join(base, '/templates/index.html')"],
    good: ["path = os.path.join(base, 'templates', 'index.html')", "path = os.path.join('/etc', name)"],
  },
  {
    name: "py-blocking-in-async",
    languages,
    summary: "This call blocks the event loop: every other task waits.",
    severity: "warning",
    category: "performance",
    exemptTests: true,
    rationale:
      "Use `await asyncio.sleep()`, an asynchronous client such as `httpx.AsyncClient`, or `await asyncio.to_thread(…)`.",
    keywords: ["async def"],
    prefilter: /time\.sleep\(|\brequests\.|urlopen\(/,
    rule: {
      kind: "call",
      all: [
        {
          has: {
            field: "function",
            regex: String.raw`^(?:time\.sleep|requests\.(?:get|post|put|patch|delete|head|request)|urllib\.request\.urlopen)$`,
          },
        },
        {
          inside: {
            stopBy: { any: [{ kind: "function_definition" }, { kind: "lambda" }, { kind: "class_definition" }] },
            kind: "function_definition",
            regex: String.raw`^async\s`,
          },
        },
      ],
    },
    bad: ["async def poll():\n    time.sleep(1)", "async def load(url):\n    return requests.get(url)"],
    good: [
      "async def poll():\n    await asyncio.sleep(1)",
      "def poll():\n    time.sleep(1)",
      "async def poll():\n    def work():\n        time.sleep(1)\n    await asyncio.to_thread(work)",
    ],
  },
  {
    name: "py-return-in-finally",
    languages,
    summary: "A `return` in `finally` swallows the exception that is on its way.",
    severity: "error",
    category: "correctness",
    rationale:
      "The caller never learns of the error, not even of Ctrl-C. Return after the `try`, or catch what you mean to ignore.",
    keywords: ["finally:"],
    prefilter: /finally:[^]*\n\s+return\b/,
    rule: {
      kind: "return_statement",
      inside: {
        kind: "finally_clause",
        stopBy: { any: [{ kind: "finally_clause" }, { kind: "function_definition" }, { kind: "lambda" }] },
      },
    },
    bad: ["def f():\n    try:\n        work()\n    finally:\n        return 1"],
    good: [
      "def f():\n    try:\n        return work()\n    finally:\n        close()",
      "def f():\n    try:\n        work()\n    finally:\n        def g():\n            return 1",
    ],
  },
  {
    name: "py-dropped-task",
    languages,
    summary: "Nobody keeps this task: it may be collected before it has finished.",
    severity: "warning",
    category: "correctness",
    optional: true,
    exemptTests: true,
    rationale: "The event loop holds only a weak reference. Keep the task in a set, or use `asyncio.TaskGroup`.",
    keywords: ["create_task(", "ensure_future("],
    rule: {
      kind: "expression_statement",
      has: { kind: "call", has: { field: "function", regex: String.raw`^asyncio\.(?:create_task|ensure_future)$` } },
    },
    bad: ["asyncio.create_task(work())"],
    good: ["task = asyncio.create_task(work())", "await asyncio.create_task(work())", "group.create_task(work())"],
  },
  {
    name: "py-thread-target-called",
    languages,
    summary: "The target is called here, in this thread; the new thread gets its result.",
    severity: "error",
    category: "correctness",
    rationale: "Pass the function itself and its arguments: `Thread(target=work, args=(1,))`.",
    keywords: ["target="],
    rule: {
      kind: "keyword_argument",
      all: [
        { has: { field: "name", regex: "^target$" } },
        {
          has: {
            field: "value",
            kind: "call",
            not: { regex: "partial|(?i)wrap|make|create|get_|build|copy|bind|factory|decorat|logged|propagat|traced" },
          },
        },
        {
          inside: {
            kind: "argument_list",
            inside: { kind: "call", has: { field: "function", regex: String.raw`(?:^|\.)(?:Thread|Process)$` } },
          },
        },
      ],
    },
    bad: ["threading.Thread(target=work()).start()"],
    good: ["threading.Thread(target=work).start()", "threading.Thread(target=functools.partial(work, 1)).start()"],
  },
];
