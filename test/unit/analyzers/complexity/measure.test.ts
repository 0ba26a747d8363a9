/** Complexity measures against examples of the published definitions, in every language. */
import { beforeAll, describe, expect, it } from "vitest";
import { type FunctionMeasures, measureFunctions } from "../../../../src/analyzers/complexity/measure.ts";
import { type Language, languageOf } from "../../../../src/analyzers/trees/languages.ts";
import { loadSyntax, type Syntax } from "../../../../src/analyzers/trees/tree.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await loadSyntax();
});

function measure(path: string, code: string): FunctionMeasures[] {
  const language = languageOf(path) as Language;
  const source = new SourceFile(path, new TextEncoder().encode(code));
  const root = syntax.parse(source, language);
  if (root === undefined) throw new Error(`no grammar for ${path}`);
  return measureFunctions(root, language, code);
}

function first(path: string, code: string): FunctionMeasures {
  const [measured] = measure(path, code);
  if (measured === undefined) throw new Error("no function found");
  return measured;
}

// Structures of the white paper's examples, in words of our own.

/** Loop in loop, a condition and a jump to a label: 1 + 2 + 3 + 1. */
const labelledLoops: Record<string, string> = {
  "a.java":
    "class A { int primes(int max) { int t = 0; OUT: for (int i = 1; i <= max; ++i) { for (int j = 2; j < i; ++j) { if (i % j == 0) { continue OUT; } } t += i; } return t; } }",
  "a.js":
    "function primes(max) { let t = 0; OUT: for (let i = 1; i <= max; ++i) { for (let j = 2; j < i; ++j) { if (i % j == 0) { continue OUT; } } t += i; } return t; }",
  "a.ts":
    "class P { primes(max: number): number { let t = 0; OUT: for (let i = 1; i <= max; ++i) { for (let j = 2; j < i; ++j) { if (i % j == 0) { continue OUT; } } t += i; } return t; } }",
  "a.tsx":
    "const primes = (max: number) => { let t = 0; OUT: for (const i of all) { for (const j in i) { if (i % j == 0) { continue OUT; } } t += i; } return t; };",
  "a.go":
    "package a\n\nfunc primes(max int) int {\n\tt := 0\nOUT:\n\tfor i := 1; i <= max; i++ {\n\t\tfor j := 2; j < i; j++ {\n\t\t\tif i%j == 0 {\n\t\t\t\tcontinue OUT\n\t\t\t}\n\t\t}\n\t\tt += i\n\t}\n\treturn t\n}\n",
  "a.rs":
    "fn primes(max: u32) -> u32 { let mut t = 0; 'out: for i in 1..max { for j in 2..i { if i % j == 0 { continue 'out; } } t += i; } t }",
  "a.c":
    "int primes(int max) { int t = 0; for (int i = 1; i <= max; ++i) { for (int j = 2; j < i; ++j) { if (i % j == 0) { goto next; } } t += i; next:; } return t; }",
  "a.cpp":
    "int A::primes(int max) { int t = 0; for (int i : all) { for (int j = 2; j < i; ++j) { if (i % j == 0) { goto next; } } t += i; next:; } return t; }",
  "a.cs":
    "class A { int primes(int max) { int t = 0; foreach (var i in all) { for (int j = 2; j < i; ++j) { if (i % j == 0) { goto next; } } t += i; next:; } return t; } }",
  "a.php":
    "<?php function primes($max) { $t = 0; foreach ($all as $i) { for ($j = 2; $j < $i; ++$j) { if ($i % $j == 0) { goto next; } } $t += $i; next: } return $t; }",
};

/** try { if { for { while } } } catch { if }: 1 + 2 + 3, 1 + 2. */
const nestedInTry: Record<string, string> = {
  "a.java":
    "class A { void run() { try { if (a) { for (int i = 0; i < 10; i++) { while (b) { } } } } catch (X | Y e) { if (c) { } } } }",
  "a.js":
    "function run() { try { if (a) { for (let i = 0; i < 10; i++) { while (b) { } } } } catch (e) { if (c) { } } }",
  "a.cs":
    "class A { void run() { try { if (a) { for (int i = 0; i < 10; i++) { while (b) { } } } } catch (X e) { if (c) { } } } }",
  "a.cpp":
    "void run() { try { if (a) { for (int i = 0; i < 10; i++) { while (b) { } } } } catch (X e) { if (c) { } } }",
  "a.kt": "fun run() { try { if (a) { for (i in 0..9) { while (b) { } } } } catch (e: X) { if (c) { } } }",
  "a.php":
    "<?php function run() { try { if ($a) { for ($i = 0; $i < 10; $i++) { while ($b) { } } } } catch (X $e) { if ($c) { } } }",
  "a.py":
    "def run():\n    try:\n        if a:\n            for i in range(10):\n                while b:\n                    pass\n    except X:\n        if c:\n            pass\n",
  "a.rb":
    "def run\n  begin\n    if a\n      for i in 0..9\n        while b\n        end\n      end\n    end\n  rescue X\n    if c\n    end\n  end\nend\n",
};

/** if, else if, else: 1 + 1 + 1, and what is inside is one level deep: 2. */
const elseChain: Record<string, string> = {
  "a.java": "class A { void run() { if (a) { } else if (b) { if (d) { } } else { } } }",
  "a.js": "function run() { if (a) { } else if (b) { if (d) { } } else { } }",
  "a.ts": "function run() { if (a) { } else if (b) { if (d) { } } else { } }",
  "a.go": "package a\n\nfunc run() {\n\tif a {\n\t} else if b {\n\t\tif d {\n\t\t}\n\t} else {\n\t}\n}\n",
  "a.rs": "fn run() { if a { } else if b { if d { } } else { } }",
  "a.c": "void run(void) { if (a) { } else if (b) { if (d) { } } else { } }",
  "a.cpp": "void run() { if (a) { } else if (b) { if (d) { } } else { } }",
  "a.cs": "class A { void run() { if (a) { } else if (b) { if (d) { } } else { } } }",
  "a.kt": "fun run() { if (a) { x() } else if (b) { if (d) { x() } } else { x() } }",
  "a.php": "<?php function run() { if ($a) { } elseif ($b) { if ($d) { } } else { } }",
  "b.php": "<?php function run() { if ($a) { } else if ($b) { if ($d) { } } else { } }",
  "a.py":
    "def run():\n    if a:\n        pass\n    elif b:\n        if d:\n            pass\n    else:\n        pass\n",
  "a.rb": "def run\n  if a\n  elsif b\n    if d\n    end\n  else\n  end\nend\n",
};

/** A switch is 1, however many cases it has. */
const switches: Record<string, string> = {
  "a.java":
    'class A { String words(int n) { switch (n) { case 1: return "one"; case 2: return "two"; case 3: return "three"; default: return "many"; } } }',
  "a.js":
    'function words(n) { switch (n) { case 1: return "one"; case 2: return "two"; case 3: return "three"; default: return "many"; } }',
  "a.go":
    'package a\n\nfunc words(n int) string {\n\tswitch n {\n\tcase 1:\n\t\treturn "one"\n\tcase 2:\n\t\treturn "two"\n\tcase 3:\n\t\treturn "three"\n\tdefault:\n\t\treturn "many"\n\t}\n}\n',
  "a.rs": 'fn words(n: u32) -> &str { match n { 1 => "one", 2 => "two", 3 => "three", _ => "many" } }',
  "a.c":
    'char *words(int n) { switch (n) { case 1: return "one"; case 2: return "two"; case 3: return "three"; default: return "many"; } }',
  "a.cpp":
    'char *words(int n) { switch (n) { case 1: return "one"; case 2: return "two"; case 3: return "three"; default: return "many"; } }',
  "a.cs":
    'class A { string words(int n) { switch (n) { case 1: return "one"; case 2: return "two"; case 3: return "three"; default: return "many"; } } }',
  "a.kt": 'fun words(n: Int): String { return when (n) { 1 -> "one"; 2 -> "two"; 3 -> "three"; else -> "many" } }',
  "a.php":
    "<?php function words($n) { switch ($n) { case 1: return 'one'; case 2: return 'two'; case 3: return 'three'; default: return 'many'; } }",
  "a.py":
    "def words(n):\n    match n:\n        case 1:\n            return 'one'\n        case 2:\n            return 'two'\n        case 3:\n            return 'three'\n        case _:\n            return 'many'\n",
  "a.rb":
    "def words(n)\n  case n\n  when 1 then 'one'\n  when 2 then 'two'\n  when 3 then 'three'\n  else 'many'\n  end\nend\n",
};

/** An if is 1; `a && b && c || d || e && f` are three sequences, `a && !(b && c)` are two. */
const logic: Record<string, [three: string, two: string]> = {
  "a.java": [
    "class A { void run() { if (a && b && c || d || e && f) { } } }",
    "class A { void run() { if (a && !(b && c)) { } } }",
  ],
  "a.js": ["function run() { if (a && b && c || d || e && f) { } }", "function run() { if (a && !(b && c)) { } }"],
  "a.go": [
    "package a\n\nfunc run() {\n\tif a && b && c || d || e && f {\n\t}\n}\n",
    "package a\n\nfunc run() {\n\tif a && !(b && c) {\n\t}\n}\n",
  ],
  "a.rs": ["fn run() { if a && b && c || d || e && f { } }", "fn run() { if a && !(b && c) { } }"],
  "a.c": ["void run(void) { if (a && b && c || d || e && f) { } }", "void run(void) { if (a && !(b && c)) { } }"],
  "a.cpp": ["void run() { if (a && b && c || d || e && f) { } }", "void run() { if (a && !(b && c)) { } }"],
  "a.cs": [
    "class A { void run() { if (a && b && c || d || e && f) { } } }",
    "class A { void run() { if (a && !(b && c)) { } } }",
  ],
  "a.kt": ["fun run() { if (a && b && c || d || e && f) { x() } }", "fun run() { if (a && !(b && c)) { x() } }"],
  "a.php": [
    "<?php function run() { if ($a && $b && $c || $d || $e && $f) { } }",
    "<?php function run() { if ($a && !($b && $c)) { } }",
  ],
  "a.py": [
    "def run():\n    if a and b and c or d or e and f:\n        pass\n",
    "def run():\n    if a and not (b and c):\n        pass\n",
  ],
  "a.rb": ["def run\n  if a && b && c || d || e && f\n  end\nend\n", "def run\n  if a && !(b && c)\n  end\nend\n"],
};

/** A condition in a function without a name is one level deep: 2. */
const lambdas: Record<string, string> = {
  "a.java": "class A { void run() { Runnable r = () -> { if (a) { } }; } }",
  "a.js": "function run() { list.forEach((x) => { if (a) { } }); }",
  "a.go": "package a\n\nfunc run() {\n\tr := func() {\n\t\tif a {\n\t\t}\n\t}\n}\n",
  "a.rs": "fn run() { let r = || { if a { } }; }",
  "a.cpp": "void run() { auto r = [] { if (a) { } }; }",
  "a.cs": "class A { void run() { Action r = () => { if (a) { } }; } }",
  "a.kt": "fun run() { list.forEach { if (a) { x() } } }",
  "a.php": "<?php function run() { $r = function () { if ($a) { } }; }",
  "a.py": "def run():\n    r = lambda: x if a else y\n",
  "a.rb": "def run\n  list.each do |x|\n    if a\n    end\n  end\nend\n",
};

describe("cognitive complexity", () => {
  it.each(Object.entries(labelledLoops))("loops and a jump to a label in %s: 7", (path, code) => {
    expect(first(path, code)).toMatchObject({
      name: expect.stringMatching(/primes$/),
      cognitive: 7,
      nesting: 3,
      parameters: 1,
    });
  });

  it.each(Object.entries(nestedInTry))("nesting and catch in %s: 9", (path, code) => {
    expect(first(path, code)).toMatchObject({
      name: "run",
      cognitive: 9,
      nestingCost: 4,
      branchCost: 5,
      nesting: 3,
      parameters: 0,
    });
  });

  it.each(Object.entries(elseChain))("if, else if, else in %s: 5", (path, code) => {
    expect(first(path, code)).toMatchObject({ cognitive: 5, nestingCost: 1, branchCost: 4, cyclomatic: 4, nesting: 2 });
  });

  it.each(Object.entries(switches))("a switch in %s: 1", (path, code) => {
    expect(first(path, code)).toMatchObject({ name: "words", cognitive: 1, cyclomatic: 4, nesting: 1, parameters: 1 });
  });

  it.each(Object.entries(logic))("sequences of operators in %s: 4 and 3", (path, [three, two]) => {
    expect(first(path, three)).toMatchObject({ cognitive: 4, logicCost: 3, cyclomatic: 7 });
    expect(first(path, two)).toMatchObject({ cognitive: 3, logicCost: 2, cyclomatic: 4 });
  });

  it.each(Object.entries(lambdas))("a function without a name in %s: 2", (path, code) => {
    expect(measure(path, code)).toHaveLength(1);
    expect(first(path, code).cognitive).toBe(2);
  });

  it("19 for a search through overridden methods", () => {
    const code = `class A {
  Method overridden(Type type) {
    if (type.isUnknown()) { return unknown; }
    boolean found = false;
    for (Symbol candidate : type.lookup(name)) {
      if (candidate.isMethod() && !candidate.isStatic()) {
        if (canOverride(candidate)) {
          Boolean overriding = check(candidate, type);
          if (overriding == null) {
            if (!found) { found = true; }
          } else if (overriding) {
            return candidate;
          }
        }
      }
    }
    if (found) { return unknown; }
    return null;
  }
}`;
    expect(first("a.java", code).cognitive).toBe(19);
  });

  it("counts a call of itself once", () => {
    expect(first("a.js", "function fact(n) { return n < 2 ? 1 : n * fact(n - 1) + fact(0); }").cognitive).toBe(2);
    expect(first("a.py", "def fact(n):\n    return n * fact(n - 1)\n").cognitive).toBe(1);
    expect(first("a.py", "def fact(n):\n    return other.fact(n)\n").cognitive).toBe(0);
  });

  it("reads JSX conditions as markup", () => {
    expect(first("a.tsx", "function A() { return <div>{open && <B />}</div>; }").cognitive).toBe(0);
  });
});

describe("functions", () => {
  it("with a name are units of their own, without one belong to what is around them", () => {
    const code =
      "function outer() {\n  if (a) {\n    const inner = () => { if (b) { } };\n    list.map((x) => { if (c) { } });\n  }\n}\n";
    expect(measure("a.js", code).map(({ name, cognitive }) => [name, cognitive])).toEqual([
      ["outer", 4],
      ["inner", 1],
    ]);
  });

  it("without a name and without anything around are named after their call", () => {
    expect(measure("a.js", 'app.get("/users", async (req, res) => {});').map(({ name }) => name)).toEqual([
      'app.get("/users"',
    ]);
  });

  it.each([
    ["a.js", "class A { constructor(a, b = 1, ...c) {} }", "constructor", 3],
    ["a.js", "const o = { run: function (a, { b, c }) {} };", "run", 2],
    ["a.js", "exports.run = (a) => 1;", "exports.run", 1],
    ["a.js", "const run = a => 1;", "run", 1],
    ["a.ts", "class A { run = (a: Map<string, number>, b?: () => void) => {}; }", "run", 2],
    ["a.py", "class A:\n    def run(self, a, *, b=1, **c):\n        pass\n", "run", 3],
    ["a.go", "package a\n\nfunc (s *Server) Run(a string, b int) {}\n", "Run", 2],
    ["a.rs", "impl A { fn run(&self, a: u8) {} }", "run", 1],
    ["a.c", "static char **run(int a, void (*f)(int, int)) { return 0; }", "run", 2],
    ["a.c", "int main(void) { return 0; }", "main", 0],
    ["a.cpp", "A::~A() {}", "A::~A", 0],
    ["a.kt", "fun <T> List<T>.run(a: Int, b: (Int) -> Int = { it }): Int = 1", "run", 2],
    ["a.cs", "class A { public A(int a) {} }", "A", 1],
    ["a.java", "class A { A(int a, String... b) {} }", "A", 2],
    ["a.rb", "def self.run(a, b = 1, *c, d:, &e)\nend\n", "run", 5],
    ["a.php", "<?php class A { public function __construct(private int $a, $b = 1) {} }", "__construct", 2],
  ])("%s: %s", (path, code, name, parameters) => {
    expect(first(path, code)).toMatchObject({ name, parameters });
  });

  it("have the length of their lines, and the range of their first", () => {
    const code = "// é😀\nfunction run(\n  a,\n) {\n  return a;\n}\n";
    const measured = first("a.js", code);
    expect(measured.lines).toBe(5);
    expect(code.slice(measured.start, measured.end)).toBe("function run(");
  });
});
