/** Structural rules for C and C++. */
import type { Rule } from "@ast-grep/napi";
import type { PatternRule } from "./pattern-rule.ts";

const languages = ["c", "cpp"] as const;

const call = (name: string, args: Rule): Rule => ({
  kind: "call_expression",
  all: [
    { has: { field: "function", regex: String.raw`^(?:std::|::)?(?:${name})$` } },
    { has: { field: "arguments", ...args } },
  ],
});

const inFunction = (body: string): string => `void f(int argc, char **argv) {\n  ${body}\n}\n`;

/** An expression pattern: at the top of a file C would read a call as a declaration. */
const expression = (pattern: string, selector: string): Rule => ({
  pattern: { context: `void f() { ${pattern}; }`, selector },
});

export const cRules: readonly PatternRule[] = [
  {
    name: "c-gets",
    languages,
    summary: "`gets` writes past the end of any buffer.",
    severity: "error",
    category: "security",
    cwe: 242,
    rationale: "Use `fgets(buffer, sizeof buffer, stdin)`.",
    keywords: ["gets("],
    rule: call("gets", { regex: String.raw`^\(\s*\w+\s*\)$` }),
    bad: [inFunction("char b[10]; gets(b);")],
    good: [inFunction("char b[10]; fgets(b, sizeof b, stdin);"), inFunction("gets(a, b);")],
  },
  {
    name: "c-copy-argument",
    // Made as long as the argument is.
    unless: /\bstrlen\s*\(\s*argv\b|\bstrdup\s*\(\s*argv\b/,
    languages,
    summary: "An argument or environment variable of any length is copied into a buffer of fixed length.",
    severity: "error",
    category: "security",
    cwe: 120,
    exemptTests: true,
    optional: true,
    rationale: 'Use `snprintf(buffer, sizeof buffer, "%s", text)` and handle truncation.',
    keywords: ["strcpy(", "strcat(", "sprintf("],
    rule: call("strcpy|strcat|sprintf", { regex: String.raw`\bargv\[|\bgetenv\(` }),
    bad: [inFunction("char b[10]; strcpy(b, argv[1]);"), inFunction('char b[10]; sprintf(b, "%s/x", getenv("HOME"));')],
    good: [inFunction('char b[10]; snprintf(b, sizeof b, "%s", argv[1]);'), inFunction('strcpy(b, "x");')],
  },
  {
    name: "c-format-from-outside",
    languages,
    summary: "A text from outside is used as a format: `%n` in it writes to memory.",
    severity: "error",
    category: "security",
    cwe: 134,
    rationale: 'Write `printf("%s", text)`.',
    keywords: ["printf(", "syslog("],
    rule: {
      any: [
        call("printf|vprintf", { regex: String.raw`^\(\s*(?:argv\[[^\]]*\]|getenv\([^)]*\)|optarg)\s*\)$` }),
        call("fprintf|syslog|sprintf", {
          regex: String.raw`^\([^,]*,\s*(?:argv\[[^\]]*\]|getenv\([^)]*\)|optarg)\s*\)$`,
        }),
      ],
    },
    bad: [inFunction("printf(argv[1]);"), inFunction("fprintf(stderr, optarg);")],
    good: [inFunction('printf("%s", argv[1]);'), inFunction("printf(usage);")],
  },
  {
    name: "c-sizeof-pointer",
    languages,
    summary: "`sizeof` of a pointer is the size of an address, not of what it points at.",
    severity: "error",
    category: "correctness",
    cwe: 467,
    rationale: "Write `sizeof *p`, or pass the length.",
    keywords: ["memset(", "bzero("],
    rule: {
      kind: "call_expression",
      all: [
        {
          any: [
            expression("memset($P, $V, sizeof($P))", "call_expression"),
            expression("memset($P, $V, sizeof $P)", "call_expression"),
            expression("bzero($P, sizeof($P))", "call_expression"),
          ],
        },
        {
          inside: {
            kind: "function_definition",
            stopBy: "end",
            has: {
              stopBy: "end",
              any: [{ kind: "pointer_declarator", has: { field: "declarator", kind: "identifier", pattern: "$P" } }],
              inside: {
                any: [{ kind: "parameter_declaration" }, { kind: "declaration" }, { kind: "init_declarator" }],
              },
            },
            // An #ifdef may declare the same name both ways.
            not: { has: { stopBy: "end", kind: "array_declarator", has: { field: "declarator", pattern: "$P" } } },
          },
        },
      ],
    },
    constraints: { P: { kind: "identifier" } },
    bad: ["void f(struct s *p) {\n  memset(p, 0, sizeof(p));\n}\n"],
    good: [
      "void f(struct s *p) {\n  memset(p, 0, sizeof(*p));\n}\n",
      "void f(void) {\n  char b[10];\n  memset(b, 0, sizeof(b));\n}\n",
    ],
  },
  {
    name: "c-memset-zero-length",
    languages,
    summary: "The length of `memset` is 0: value and length are swapped, nothing is set.",
    severity: "error",
    category: "correctness",
    rationale: "The order is `memset(pointer, value, length)`.",
    keywords: ["memset("],
    rule: call("memset", { regex: String.raw`(?s),\s*0\s*\)$`, not: { regex: String.raw`(?s),\s*0\s*,\s*0\s*\)$` } }),
    bad: [inFunction("memset(b, sizeof(b), 0);")],
    good: [inFunction("memset(b, 0, sizeof(b));")],
  },
  {
    name: "c-assign-in-condition",
    languages,
    summary: "A constant is assigned in a condition; a comparison was meant.",
    severity: "error",
    category: "correctness",
    cwe: 481,
    rationale: "Write `==`.",
    keywords: ["if (", "if(", "while (", "while("],
    prefilter: /\b(?:if|while)\s*\([^()=!<>]*[^=!<>]=\s*(?:\d|'|true|false|NULL|nullptr)/,
    rule: {
      kind: "assignment_expression",
      all: [
        { has: { field: "operator", regex: "^=$" } },
        { has: { field: "right", regex: String.raw`^(?:\d\w*|'[^']+'|true|false|NULL|nullptr)$` } },
        // One pair of brackets, the statement's own; a second pair says that it is meant.
        {
          inside: {
            regex: String.raw`^\(`,
            not: { kind: "expression_statement" },
            inside: { any: [{ kind: "if_statement" }, { kind: "while_statement" }] },
          },
        },
      ],
    },
    bad: [inFunction("if (argc = 1) run();")],
    good: [
      inFunction("if (argc == 1) run();"),
      inFunction("if ((c = next())) run();"),
      inFunction("while ((p = p->next)) run();"),
    ],
  },
  {
    name: "c-realloc-leak",
    languages,
    summary: "When `realloc` fails, the only pointer to the old memory is overwritten with NULL.",
    severity: "warning",
    category: "correctness",
    cwe: 401,
    exemptTests: true,
    optional: true,
    rationale: "Keep the result in another variable until it is checked.",
    keywords: ["realloc("],
    rule: expression("$P = realloc($P, $N)", "assignment_expression"),
    bad: [inFunction("p = realloc(p, n);")],
    good: [inFunction("q = realloc(p, n);")],
  },
  {
    name: "c-temporary-name",
    languages,
    summary: "Between choosing the name and opening the file, somebody else may create it.",
    severity: "warning",
    category: "security",
    cwe: 377,
    exemptTests: true,
    rationale: "Use `mkstemp` or `tmpfile`.",
    keywords: ["mktemp(", "tmpnam(", "tempnam("],
    rule: call("mktemp|tmpnam|tempnam", { regex: String.raw`^\(` }),
    bad: [inFunction("char *n = tmpnam(0);")],
    good: [inFunction("int fd = mkstemp(name);")],
  },
  {
    name: "c-double-free",
    languages,
    summary: "The same memory is freed twice in a row.",
    severity: "error",
    category: "security",
    cwe: 415,
    rationale: "Remove one; set the pointer to NULL after freeing when in doubt.",
    keywords: ["free("],
    prefilter: /free\s*\(([^()]*)\)\s*;\s*free\s*\(\1\)/,
    rule: {
      kind: "expression_statement",
      all: [
        expression("free($P)", "expression_statement"),
        { follows: expression("free($P)", "expression_statement") },
      ],
    },
    constraints: { P: { regex: String.raw`^[\w.>\[\]-]+$` } },
    bad: [inFunction("free(a);\n  free(a);")],
    good: [inFunction("free(a);\n  free(b);"), inFunction("free(a);\n  a = 0;\n  free(a);")],
  },
  {
    name: "c-strncat-size",
    languages,
    summary: "The limit of `strncat` is what may be added, not the size of the buffer.",
    severity: "error",
    category: "security",
    cwe: 193,
    rationale: "Write `strncat(b, s, sizeof b - strlen(b) - 1)`, or use `snprintf`.",
    keywords: ["strncat("],
    rule: {
      any: [
        expression("strncat($B, $S, sizeof($B))", "call_expression"),
        expression("strncat($B, $S, sizeof($B) - 1)", "call_expression"),
        expression("strncat($B, $S, sizeof $B)", "call_expression"),
      ],
    },
    bad: [inFunction("strncat(b, s, sizeof(b));")],
    good: [inFunction("strncat(b, s, sizeof(b) - strlen(b) - 1);")],
  },
  {
    name: "c-malloc-strlen",
    languages,
    summary: "The memory has no room for the terminating NUL.",
    severity: "error",
    category: "security",
    cwe: 131,
    rationale: "Allocate `strlen(s) + 1`, or use `strdup`.",
    keywords: ["strlen("],
    rule: {
      kind: "call_expression",
      all: [
        call("malloc|alloca|xmalloc", { regex: String.raw`^\(\s*strlen\(\s*[\w.>\[\]-]+\s*\)\s*\)$` }),
        // Only a copy of the whole string needs the room; memcpy of the letters does not.
        { inside: { stopBy: "end", kind: "function_definition", regex: String.raw`\bstrcpy\(` } },
      ],
    },
    bad: [inFunction("char *p = malloc(strlen(s));\n  strcpy(p, s);")],
    good: [
      inFunction("char *p = malloc(strlen(s) + 1);\n  strcpy(p, s);"),
      inFunction("char *p = malloc(strlen(s));\n  memcpy(p, s, strlen(s));"),
    ],
  },
  {
    name: "c-scanf-unbounded",
    languages,
    summary: "`%s` without a width reads past the end of any buffer.",
    severity: "error",
    category: "security",
    cwe: 120,
    exemptTests: true,
    rationale: "Name the room: `%63s` for `char b[64]`.",
    keywords: ["scanf("],
    rule: call("scanf|fscanf", { has: { kind: "string_literal", regex: String.raw`(?:^|[^%*\d])%s` } }),
    bad: [inFunction('scanf("%s", name);')],
    good: [inFunction('scanf("%63s", name);'), inFunction('scanf("%d", &n);')],
  },
  {
    name: "c-empty-if",
    languages,
    summary: "The `;` ends the `if`: what follows always runs.",
    severity: "error",
    category: "correctness",
    rationale: "Remove the semicolon.",
    keywords: ["if"],
    prefilter: /\)\s*;[ \t]*\n?[ \t]*\{/,
    rule: {
      kind: "if_statement",
      all: [
        { has: { field: "consequence", kind: "expression_statement", regex: "^;$" } },
        { not: { has: { field: "alternative", regex: "." } } },
        { precedes: { kind: "compound_statement" } },
      ],
    },
    bad: [inFunction("if (argc > 1); { run(); }")],
    good: [inFunction("if (argc > 1) { run(); }")],
  },
  {
    name: "c-char-eof",
    languages,
    summary: "A `char` cannot hold EOF: the loop ends too early or never.",
    severity: "error",
    category: "correctness",
    cwe: 704,
    rationale: "Declare the variable as `int`.",
    keywords: ["getchar(", "fgetc(", "getc("],
    rule: {
      kind: "binary_expression",
      all: [
        { regex: String.raw`\bEOF\b` },
        {
          has: {
            stopBy: "end",
            any: [
              expression("$C = getchar()", "assignment_expression"),
              expression("$C = fgetc($F)", "assignment_expression"),
              expression("$C = getc($F)", "assignment_expression"),
            ],
          },
        },
        {
          inside: {
            kind: "function_definition",
            stopBy: "end",
            has: {
              stopBy: "end",
              kind: "declaration",
              all: [
                { has: { field: "type", regex: "^(?:unsigned )?char$" } },
                {
                  has: {
                    field: "declarator",
                    any: [{ pattern: "$C" }, { kind: "init_declarator", has: { field: "declarator", pattern: "$C" } }],
                  },
                },
              ],
            },
          },
        },
      ],
    },
    bad: [inFunction("char c;\n  while ((c = getchar()) != EOF) use(c);")],
    good: [inFunction("int c;\n  while ((c = getchar()) != EOF) use(c);")],
  },
  {
    name: "c-system-argument",
    languages,
    summary: "An argument or environment variable reaches a shell command.",
    severity: "error",
    category: "security",
    cwe: 78,
    rationale: "Use `execvp` or `posix_spawn` with an argument list.",
    keywords: ["system(", "popen("],
    rule: call("system|popen", { regex: String.raw`^\(\s*(?:argv\[|getenv\()` }),
    bad: [inFunction("system(argv[1]);")],
    good: [inFunction('system("clear");')],
  },
];
