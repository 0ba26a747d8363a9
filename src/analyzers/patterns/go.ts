/** Structural rules for Go. */
import type { Rule } from "@ast-grep/napi";
import { chosenByOption } from "./insecure-option.ts";
import type { PatternRule } from "./pattern-rule.ts";

const languages = ["go"] as const;

/** What a client sends: net/http, gin, echo. */
const request = String.raw`\b(?:r|req|request|c|ctx)\.(?:FormValue|PostFormValue|URL\.Query\(\)|Query|PostForm|Param|QueryParam|Header\.Get|GetHeader|Cookie)\(|\.URL\.Query\(\)\.Get\(|\bmux\.Vars\(`;

/** A call of a function whose name matches, with arguments that match. */
const call = (name: string, args: Rule): Rule => ({
  kind: "call_expression",
  all: [{ has: { field: "function", regex: name } }, { has: { field: "arguments", ...args } }],
});

export const goRules: readonly PatternRule[] = [
  {
    name: "go-tls-verify-off",
    languages,
    summary: "Certificates are not verified: anybody on the way can read and change the traffic.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    optional: true,
    rationale: "Put the private authority into `RootCAs` instead of trusting everybody.",
    keywords: ["InsecureSkipVerify"],
    unless: /VerifyPeerCertificate|VerifyConnection/,
    rule: {
      all: [
        {
          not: chosenByOption({
            branches: ["if_statement"],
            functions: ["function_declaration", "method_declaration"],
          }),
        },
      ],
      kind: "keyed_element",
      regex: String.raw`^InsecureSkipVerify:\s*true$`,
      // Others have options of this name, with a default for their users to change.
      inside: {
        kind: "literal_value",
        inside: { kind: "composite_literal", has: { field: "type", regex: String.raw`^tls\.Config$` } },
      },
    },
    bad: ["package a\n\nvar c = &tls.Config{InsecureSkipVerify: true}"],
    good: [
      "package a\n\nvar c = &tls.Config{InsecureSkipVerify: insecure}",
      "package a\n\nvar c = &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: check}",
      "package a\n\nvar c = &tls.Config{\n\tInsecureSkipVerify: true, // kubelets sign their own certificates: nosec\n}",
      "package a\n\nvar c = options.TLS{InsecureSkipVerify: true}",
    ],
  },
  {
    name: "go-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use placeholders (`?`, `$1`) and pass the values separately.",
    keywords: ["Query", "Exec", "Raw("],
    rule: call(String.raw`\.(?:Query|QueryRow|QueryContext|QueryRowContext|Exec|ExecContext|Raw|Queryx|Get|Select)$`, {
      regex: String.raw`(?is)["\x60]\s*(?:select\s.*\sfrom\s|insert\s+into\s|update\s.*\sset\s|delete\s+from\s)[^"\x60]*(?:'%[sv]'|'["\x60]\s*\+)`,
    }),
    bad: [
      "package a\n\nfunc f() { db.Query(fmt.Sprintf(\"SELECT * FROM users WHERE name = '%s'\", name)) }",
      'package a\n\nfunc f() { db.QueryRow("SELECT * FROM users WHERE name = \'" + name + "\'") }',
    ],
    good: [
      'package a\n\nfunc f() { db.Query("SELECT * FROM users WHERE name = ?", name) }',
      'package a\n\nfunc f() { db.Query(fmt.Sprintf("SELECT * FROM %s WHERE id = ?", table), id) }',
    ],
  },
  {
    name: "go-shell-interpolation",
    languages,
    summary: "A shell command is assembled from values.",
    severity: "warning",
    category: "security",
    cwe: 78,
    exemptTests: true,
    optional: true,
    rationale: "Spaces, quotes and `;` in a value change the command. Start the program itself with an argument list.",
    keywords: ["exec.Command"],
    rule: call(String.raw`^exec\.Command(?:Context)?$`, {
      regex: String.raw`(?s)"(?:/bin/)?(?:ba|z|k)?sh",\s*"-l?c",\s*(?:fmt\.Sprintf\(|.*["\x60]\s*\+\s*[a-z])`,
      not: { regex: "(?i)quote|escape" },
    }),
    bad: [
      'package a\n\nfunc f() { exec.Command("sh", "-c", fmt.Sprintf("ls %s", dir)) }',
      'package a\n\nfunc f() { exec.Command("bash", "-c", "rm "+name) }',
    ],
    good: [
      'package a\n\nfunc f() { exec.Command("ls", dir) }',
      'package a\n\nfunc f() { exec.Command("sh", "-c", script) }',
    ],
  },
  {
    name: "go-defer-in-loop",
    languages,
    summary: "`defer` in a loop runs only when the function returns: files and locks pile up until then.",
    severity: "warning",
    category: "correctness",
    exemptTests: true,
    rationale: "Move the body into a function of its own, or close at the end of each turn.",
    keywords: ["defer "],
    rule: {
      kind: "defer_statement",
      regex: String.raw`^defer\s+[\w.\[\]]+\.(?:Close|Unlock|RUnlock|Stop|Release)\(\)$`,
      inside: {
        kind: "for_statement",
        stopBy: { any: [{ kind: "func_literal" }, { kind: "function_declaration" }, { kind: "method_declaration" }] },
      },
      // Leaving the function on the same turn is the usual way to open the first one that works.
      not: { precedes: { stopBy: "end", any: [{ kind: "return_statement" }, { kind: "break_statement" }] } },
    },
    bad: ["package a\n\nfunc f() {\n\tfor _, n := range names {\n\t\tx, _ := os.Open(n)\n\t\tdefer x.Close()\n\t}\n}"],
    good: [
      "package a\n\nfunc f() {\n\tfor _, n := range names {\n\t\tx, err := os.Open(n)\n\t\tif err != nil {\n\t\t\tcontinue\n\t\t}\n\t\tdefer x.Close()\n\t\tbreak\n\t}\n}",
      "package a\n\nfunc f() {\n\tfor _, n := range names {\n\t\tfunc() {\n\t\t\tx, _ := os.Open(n)\n\t\t\tdefer x.Close()\n\t\t}()\n\t}\n}",
    ],
  },
  {
    name: "go-defer-before-check",
    languages,
    summary: "The value is used before its error is checked: it is nil when there was one.",
    severity: "error",
    category: "correctness",
    rationale: "Check `err` first, then `defer`: `resp.Body` of a nil response panics.",
    keywords: ["defer "],
    prefilter: /err\s*:=.*\n\s*defer\b/,
    rule: {
      kind: "defer_statement",
      all: [
        {
          // What is closed is what the line before gave: `body, err := io.ReadAll(req.Body)` says nothing of `req`.
          any: [
            ["resp|res|response|r", String.raw`(?:Body\.)?Close`],
            ...["f", "file", "rows", "conn", "rc", "reader", "body", "stmt", "tx", "fd"].map((name) => [
              name,
              "(?:Close|Stop|Release)",
            ]),
          ].flatMap(([names = "", method = ""]) =>
            names.split("|").map((name) => ({
              all: [
                { regex: String.raw`^defer\s+${name}\.${method}\(\)$` },
                { follows: { kind: "short_var_declaration", regex: String.raw`^${name},\s*err\s*:=` } },
              ],
            })),
          ),
        },
        { precedes: { kind: "if_statement", regex: String.raw`^if err != nil` } },
      ],
    },
    bad: [
      "package a\n\nfunc f() {\n\tresp, err := http.Get(url)\n\tdefer resp.Body.Close()\n\tif err != nil {\n\t\treturn\n\t}\n}",
    ],
    good: [
      "package a\n\nfunc f() {\n\tresp, err := http.Get(url)\n\tif err != nil {\n\t\treturn\n\t}\n\tdefer resp.Body.Close()\n}",
      "package a\n\nfunc f() {\n\tbody, err := io.ReadAll(req.Body)\n\tdefer req.Body.Close()\n\tif err != nil {\n\t\treturn\n\t}\n}",
    ],
  },
  {
    name: "go-password-fast-hash",
    languages,
    summary: "A password is hashed with a fast hash.",
    severity: "error",
    category: "security",
    cwe: 916,
    exemptTests: true,
    rationale: "Graphics cards try billions of such hashes a second. Use `golang.org/x/crypto/bcrypt` or `argon2`.",
    // A step of a slow function, or of a protocol that prescribes it.
    unless:
      /pbkdf2|scrypt|bcrypt|argon2|\bSRP\b|string_compare|hash_equals|needs_rehash|\blegacy|password_hash\(|passwordHelper/i,
    exemptExplained: true,
    keywords: ["md5.Sum(", "sha1.Sum(", "sha256.Sum256(", "sha512.Sum512("],
    rule: call(String.raw`^(?:md5\.Sum|sha1\.Sum|sha256\.Sum256|sha512\.Sum512)$`, {
      regex: String.raw`(?i)\[\]byte\((?:\w+\.)*(?:password|passwd|passphrase)(?:\s*\+.*)?\)`,
    }),
    bad: ["package a\n\nfunc f() { _ = md5.Sum([]byte(user.Password)) }"],
    good: ["package a\n\nfunc f() { _ = md5.Sum([]byte(content)) }"],
  },
  {
    name: "go-random-secret",
    languages,
    summary: "A secret is made with `math/rand`, which can be predicted.",
    severity: "error",
    category: "security",
    cwe: 338,
    exemptTests: true,
    rationale: "Use `crypto/rand`.",
    keywords: ['"math/rand'],
    unless: /"crypto\/rand"/,
    rule: {
      any: [{ kind: "short_var_declaration" }, { kind: "assignment_statement" }],
      all: [
        {
          has: {
            field: "left",
            regex: String.raw`(?i)(?:^|\.)(?:password|passwd|secret|csrfToken|session(?:ID|Token|Key)|apiKey|accessToken|authToken|resetToken|otp)$`,
          },
        },
        {
          has: {
            field: "right",
            regex: String.raw`\brand\.(?:Int|Intn|Int63|Int63n|Uint32|Uint64|Float64|Read|Perm|IntN)\(`,
          },
        },
      ],
    },
    bad: ['package a\n\nimport "math/rand"\n\nfunc f() { sessionID := rand.Int63() }'],
    good: [
      'package a\n\nimport "math/rand"\n\nfunc f() { index := rand.Intn(10) }',
      'package a\n\nimport "crypto/rand"\n\nfunc f() { secret := rand.Int() }',
    ],
  },
  {
    name: "go-jwt-none",
    languages,
    summary: "Tokens without a signature are accepted or made.",
    severity: "error",
    category: "security",
    cwe: 347,
    exemptTests: true,
    rationale: "With the algorithm `none` anybody writes tokens. Name the one method that you sign with.",
    keywords: ["UnsafeAllowNoneSignatureType"],
    rule: { kind: "selector_expression", regex: String.raw`^jwt\.UnsafeAllowNoneSignatureType$` },
    bad: ["package a\n\nfunc f() { token.SignedString(jwt.UnsafeAllowNoneSignatureType) }"],
    good: ["package a\n\nfunc f() { token.SignedString(key) }"],
  },
  {
    name: "go-html-request",
    languages,
    summary: "A value from the request is declared to be safe HTML.",
    severity: "error",
    category: "security",
    cwe: 79,
    rationale: "`template.HTML` switches escaping off. Pass the plain string to the template.",
    keywords: ["template.HTML(", "template.JS(", "template.URL("],
    rule: call(String.raw`^template\.(?:HTML|JS|URL|HTMLAttr)$`, { regex: request }),
    bad: ['package a\n\nfunc f() { x := template.HTML(r.FormValue("name")) }'],
    good: ["package a\n\nfunc f() { x := template.HTML(rendered) }"],
  },
  {
    name: "go-path-traversal",
    languages,
    summary: "A value from the request chooses a file.",
    severity: "error",
    category: "security",
    cwe: 22,
    exemptTests: true,
    rationale: "`../../etc/passwd` is a file name too. Use `os.Root`, or `filepath.Base` and a fixed directory.",
    keywords: ["os.Open", "os.ReadFile", "ServeFile", "os.Create"],
    rule: call(
      String.raw`^(?:os\.(?:Open|OpenFile|ReadFile|Create|WriteFile|Remove|RemoveAll)|ioutil\.ReadFile|http\.ServeFile|c\.File)$`,
      {
        regex: request,
        not: { regex: "(?i)filepath\\.Base\\(|clean|safe|saniti[sz]e" },
      },
    ),
    bad: ['package a\n\nfunc f() { os.Open(filepath.Join(root, r.FormValue("file"))) }'],
    good: [
      'package a\n\nfunc f() { os.Open(filepath.Join(root, filepath.Base(r.FormValue("file")))) }',
      "package a\n\nfunc f() { os.Open(path) }",
    ],
  },
  {
    name: "go-ssrf",
    languages,
    summary: "The client decides which address this server calls.",
    severity: "error",
    category: "security",
    cwe: 918,
    exemptTests: true,
    rationale:
      "The client reaches services inside your network, such as the cloud's metadata address. Choose from a list of known hosts.",
    keywords: ["http.Get(", "http.Post("],
    rule: call(String.raw`^http\.(?:Get|Post|Head)$`, {
      regex: String.raw`^\((?:r|req|c|ctx)\.(?:FormValue|URL\.Query\(\)\.Get|Query|PostForm|QueryParam)\(`,
    }),
    bad: ['package a\n\nfunc f() { http.Get(r.FormValue("url")) }'],
    good: ["package a\n\nfunc f() { http.Get(feed.URL) }"],
  },
  {
    name: "go-open-redirect",
    languages,
    summary: "The client decides where it is redirected to.",
    severity: "warning",
    category: "security",
    cwe: 601,
    exemptTests: true,
    rationale: "A link to your site that ends on another helps phishing. Accept only paths of your own.",
    keywords: ["Redirect("],
    rule: call(String.raw`^(?:http|c|ctx)\.Redirect$`, {
      regex: String.raw`,\s*(?:r|req|c|ctx)\.(?:FormValue|URL\.Query\(\)\.Get|Query|PostForm|QueryParam)\("\w+"\)\s*[,)]`,
    }),
    bad: ['package a\n\nfunc f() { http.Redirect(w, r, r.FormValue("next"), 302) }'],
    good: [
      'package a\n\nfunc f() { http.Redirect(w, r, "/login", 302) }',
      'package a\n\nfunc f() { http.Redirect(w, r, safe(r.FormValue("next")), 302) }',
    ],
  },
  {
    name: "go-waitgroup-add-inside",
    languages,
    summary: "`Add` inside the goroutine may run after `Wait` has returned.",
    severity: "error",
    category: "correctness",
    rationale: "Call `wg.Add(1)` before the `go` statement, or use `wg.Go`.",
    keywords: [".Add(1)"],
    rule: {
      kind: "call_expression",
      regex: String.raw`^(?:\w+\.)?(?:wg|waitGroup|wait_group)\.Add\(1\)$`,
      inside: {
        kind: "expression_statement",
        nthChild: 1,
        inside: {
          any: [{ kind: "statement_list" }, { kind: "block" }],
          stopBy: "neighbor",
          inside: {
            any: [
              { kind: "func_literal" },
              {
                kind: "block",
                inside: { kind: "func_literal", inside: { kind: "call_expression", inside: { kind: "go_statement" } } },
              },
            ],
          },
        },
      },
    },
    bad: ["package a\n\nfunc f() {\n\tgo func() {\n\t\twg.Add(1)\n\t\tdefer wg.Done()\n\t}()\n\twg.Wait()\n}"],
    good: ["package a\n\nfunc f() {\n\twg.Add(1)\n\tgo func() {\n\t\tdefer wg.Done()\n\t}()\n\twg.Wait()\n}"],
  },
  {
    name: "go-recover-deferred-directly",
    languages,
    summary: "`defer recover()` recovers nothing: `recover` only works inside a deferred function.",
    severity: "error",
    category: "correctness",
    rationale: "Write `defer func() { if r := recover(); r != nil { … } }()`.",
    keywords: ["defer recover"],
    rule: { kind: "defer_statement", regex: String.raw`^defer recover\(\)$` },
    bad: ["package a\n\nfunc f() {\n\tdefer recover()\n}"],
    good: ["package a\n\nfunc f() {\n\tdefer func() { recover() }()\n}"],
  },
  {
    name: "go-trim-word",
    languages,
    summary: "`TrimLeft` and `TrimRight` take a set of characters, not a prefix or suffix.",
    severity: "error",
    category: "correctness",
    rationale: '`strings.TrimLeft("https://plus", "https://")` is `"lus"`. Use `TrimPrefix` and `TrimSuffix`.',
    keywords: ["strings.Trim"],
    prefilter: /strings\.Trim(?:Left|Right)?\([^"\n]*"[^"\n]{4,}"/,
    rule: call(String.raw`^strings\.(?:TrimLeft|TrimRight|Trim)$`, {
      regex: String.raw`,\s*"(?:https?:|www\.|[\w-]*\.(?:json|go|txt|csv|git|html?|ya?ml|xml|gz|tar|zip|md|log)"|[a-z]+://|[a-z]{4,}[/:])`,
    }),
    bad: [
      'package a\n\nvar h = strings.TrimLeft(url, "https://")',
      'package a\n\nvar n = strings.TrimRight(path, ".json")',
    ],
    good: [
      'package a\n\nvar h = strings.TrimPrefix(url, "https://")',
      'package a\n\nvar n = strings.Trim(text, " \\n")',
    ],
  },
  {
    name: "go-ssh-accept-any",
    languages,
    summary: "Any SSH host key is accepted: the server may be somebody else's.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    rationale: "Use `knownhosts.New` or `ssh.FixedHostKey`.",
    keywords: ["InsecureIgnoreHostKey"],
    rule: {
      kind: "call_expression",
      has: { field: "function", regex: String.raw`^ssh\.InsecureIgnoreHostKey$` },
      not: chosenByOption({ branches: ["if_statement"], functions: ["function_declaration", "method_declaration"] }),
    },
    bad: ["package a\n\nvar c = ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()}"],
    good: [
      "package a\n\nvar c = ssh.ClientConfig{HostKeyCallback: known}",
      "package a\n\nfunc f() { if task.AllowUnknownHosts { callback = ssh.InsecureIgnoreHostKey() } }",
    ],
  },
  {
    name: "go-hmac-compare",
    languages,
    summary: "A signature is compared in a time that tells how much of it is right.",
    severity: "warning",
    category: "security",
    cwe: 208,
    exemptTests: true,
    optional: true,
    rationale: "Use `hmac.Equal(a, b)`.",
    keywords: ["hmac.New("],
    rule: call(String.raw`^bytes\.(?:Equal|Compare)$`, { regex: String.raw`\.Sum\(nil\)|(?i)\b(?:expected_?)?mac\b` }),
    bad: ["package a\n\nfunc f() { mac := hmac.New(sha256.New, key); ok := bytes.Equal(mac.Sum(nil), got) }"],
    good: ["package a\n\nfunc f() { mac := hmac.New(sha256.New, key); ok := hmac.Equal(mac.Sum(nil), got) }"],
  },
];
