/** Structural rules for JavaScript and TypeScript. */
import { chosenByOption } from "./insecure-option.ts";
import { calls, type PatternRule } from "./pattern-rule.ts";

const languages = ["javascript", "typescript", "tsx"] as const;

export const javascriptRules: readonly PatternRule[] = [
  {
    name: "js-tls-verify-off",
    languages,
    summary: "Certificates are not verified: anybody on the way can read and change the traffic.",
    severity: "warning",
    category: "security",
    cwe: 295,
    optional: true,
    rationale: "Trust a private authority with the `ca` option or `NODE_EXTRA_CA_CERTS` instead of trusting everybody.",
    keywords: ["rejectUnauthorized", "NODE_TLS_REJECT_UNAUTHORIZED"],
    exemptTests: true,
    exemptExplained: true,
    rule: {
      all: [
        {
          not: chosenByOption({
            branches: ["if_statement", "ternary_expression"],
            functions: ["function_declaration", "method_definition"],
          }),
        },
      ],
      any: [
        {
          kind: "pair",
          all: [
            { has: { field: "key", regex: String.raw`^['"]?rejectUnauthorized['"]?$` } },
            { has: { field: "value", kind: "false" } },
          ],
        },
        {
          kind: "assignment_expression",
          all: [
            { has: { field: "left", regex: String.raw`^process\.env\b.*NODE_TLS_REJECT_UNAUTHORIZED` } },
            { has: { field: "right", regex: String.raw`^['"]?0['"]?$` } },
          ],
        },
      ],
    },
    bad: ["new https.Agent({ rejectUnauthorized: false });", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';"],
    good: ["new https.Agent({ rejectUnauthorized: true });", "new https.Agent({ rejectUnauthorized: !insecure });"],
  },
  {
    name: "js-jwt-none",
    languages,
    summary: "Tokens without a signature are accepted or made.",
    severity: "error",
    category: "security",
    cwe: 347,
    rationale: "With the algorithm `none` anybody writes tokens. Name the one algorithm that you sign with.",
    keywords: ["none"],
    prefilter: /\balg(?:orithms?)?\b.*none/i,
    exemptTests: true,
    rule: {
      kind: "pair",
      all: [
        { has: { field: "key", regex: String.raw`^['"]?(?:algorithms?|alg)['"]?$` } },
        { has: { field: "value", regex: String.raw`(?i)^(?:\[.*)?['"]none['"]` } },
        {
          inside: {
            kind: "arguments",
            stopBy: "end",
            inside: { kind: "call_expression", regex: String.raw`(?i)^[\w.]*(?:jwt|jsonwebtoken|jose)[\w.]*\(` },
          },
        },
      ],
    },
    bad: ["jwt.verify(token, key, { algorithms: ['none'] });", "jwt.sign(claims, '', { algorithm: 'none' });"],
    good: ["jwt.verify(token, key, { algorithms: ['RS256'] });", "image.save({ algorithm: 'none' });"],
  },
  {
    name: "js-jwt-literal-secret",
    languages,
    summary: "The key that signs tokens is written in the code.",
    severity: "error",
    category: "security",
    cwe: 798,
    rationale:
      "Whoever reads the code can sign in as anybody. Read the key from the environment or a secret store, and change it.",
    keywords: ["jwt.sign", "jwt.verify", "jsonwebtoken"],
    exemptTests: true,
    rule: calls("jwt.sign($P, $KEY, $$$)", "jwt.verify($P, $KEY, $$$)", "jsonwebtoken.sign($P, $KEY, $$$)"),
    constraints: { KEY: { kind: "string", regex: "^.{5,}$" } },
    bad: ["jwt.sign({ sub: id }, 'my-super-secret');"],
    good: ["jwt.sign({ sub: id }, config.jwtSecret);", "jwt.sign({ sub: id }, '', options);"],
  },
  {
    name: "js-weak-cipher",
    languages,
    summary: "This cipher does not keep a secret.",
    severity: "error",
    category: "security",
    cwe: 327,
    rationale:
      "DES, RC4 and the ECB mode are broken, `createCipher` derives its key without a salt and is gone from Node 22. Use `createCipheriv('aes-256-gcm', key, randomIv)`.",
    keywords: ["createCipher", "createDecipher"],
    exemptTests: true,
    rule: calls("$C.createCipheriv($A, $$$)", "createCipheriv($A, $$$)", "$C.createCipher($A, $$$)"),
    constraints: { A: { kind: "string", regex: "(?i)-ecb|^.(?:des|rc4|rc2|bf)" } },
    bad: ["crypto.createCipheriv('aes-256-ecb', key, null);", "crypto.createCipheriv('des-ede3-cbc', key, iv);"],
    good: ["crypto.createCipheriv('aes-256-gcm', key, iv);"],
  },
  {
    name: "js-password-fast-hash",
    languages,
    summary: "A password is hashed with a fast hash.",
    severity: "warning",
    category: "security",
    cwe: 916,
    optional: true,
    rationale:
      "Graphics cards try billions of such hashes a second. Use `crypto.scrypt`, Argon2 or bcrypt, with a salt for each password.",
    // A step of a slow function, or of a protocol that prescribes it.
    unless:
      /pbkdf2|scrypt|bcrypt|argon2|\bSRP\b|string_compare|hash_equals|needs_rehash|\blegacy|password_hash\(|passwordHelper/i,
    exemptExplained: true,
    keywords: ["createHash"],
    exemptTests: true,
    rule: {
      ...calls("$C.update($P, $$$)"),
      // `password = createHash('sha512')…` shortens it before the slow hash.
      not: {
        inside: { stopBy: "end", kind: "assignment_expression", has: { field: "left", regex: "(?i)passw(?:or)?d$" } },
      },
    },
    constraints: {
      C: { regex: String.raw`createHash\(['"](?:md5|sha-?1|sha-?256|sha-?512)['"]\)$` },
      P: { regex: "(?i)passw(?:or)?d$|passphrase$" },
    },
    bad: [
      "crypto.createHash('md5').update(password).digest('hex');",
      "createHash('sha256').update(user.password).digest();",
    ],
    good: [
      "password = crypto.createHash('sha512').update(password).digest('hex');",
      "crypto.createHash('md5').update(content).digest('hex');",
      "crypto.scryptSync(password, salt, 64);",
    ],
  },
  {
    name: "js-math-random-secret",
    languages,
    summary: "A secret is made from `Math.random()`, which can be predicted.",
    severity: "error",
    category: "security",
    cwe: 338,
    rationale:
      "A few values of `Math.random()` give away the following ones. Use `crypto.randomUUID()` or `crypto.randomBytes()`.",
    keywords: ["Math.random"],
    exemptTests: true,
    rule: {
      any: [
        {
          kind: "variable_declarator",
          all: [{ has: { field: "name", pattern: "$N" } }, { has: { field: "value", pattern: "$V" } }],
        },
        {
          kind: "assignment_expression",
          all: [{ has: { field: "left", pattern: "$N" } }, { has: { field: "right", pattern: "$V" } }],
        },
        { kind: "pair", all: [{ has: { field: "key", pattern: "$N" } }, { has: { field: "value", pattern: "$V" } }] },
      ],
    },
    constraints: {
      N: {
        regex:
          "(?i)(?:password|passwd|secret|csrf_?token|session_?(?:id|token)|api_?key|access_?token|auth_?token|reset_?token|otp_?code|private_?key)$",
      },
      V: {
        regex: String.raw`Math\.random\(\)`,
        not: { any: [{ kind: "arrow_function" }, { kind: "function_expression" }, { kind: "object" }] },
      },
    },
    bad: ["const resetToken = Math.random().toString(36);", "user.apiKey = 'k' + Math.random();"],
    good: ["const id = Math.random().toString(36);", "const resetToken = crypto.randomUUID();"],
  },
  {
    name: "js-cors-any-credentials",
    languages,
    summary: "Every web site may make requests with the visitor's cookies and read the answers.",
    severity: "error",
    category: "security",
    cwe: 942,
    rationale: "`origin: true` reflects whoever asks. List the origins that may, or leave `credentials` off.",
    keywords: ["credentials"],
    exemptTests: true,
    rule: {
      pattern: "cors($O)",
    },
    constraints: {
      O: {
        kind: "object",
        all: [
          {
            has: {
              kind: "pair",
              all: [{ has: { field: "key", regex: "^origin$" } }, { has: { field: "value", kind: "true" } }],
            },
          },
          {
            has: {
              kind: "pair",
              all: [{ has: { field: "key", regex: "^credentials$" } }, { has: { field: "value", kind: "true" } }],
            },
          },
        ],
      },
    },
    bad: ["app.use(cors({ origin: true, credentials: true }));"],
    good: ["app.use(cors({ origin: ['https://a.example'], credentials: true }));", "app.use(cors({ origin: true }));"],
  },
  {
    name: "js-async-predicate",
    languages,
    summary: "The predicate is async: its promise is always truthy, so it decides nothing.",
    severity: "error",
    category: "correctness",
    rationale:
      "`filter`, `some`, `every` and `find` do not wait. Await the answers first (`Promise.all`) or use a loop.",
    keywords: ["async"],
    prefilter: /\.(?:filter|some|every|find(?:Index|Last)?)\(\s*async\b/,
    rule: {
      kind: "call_expression",
      all: [
        {
          has: {
            field: "function",
            kind: "member_expression",
            has: { field: "property", regex: "^(?:filter|some|every|find|findIndex|findLast)$" },
          },
        },
        {
          has: {
            field: "arguments",
            has: {
              nthChild: 1,
              any: [{ kind: "arrow_function" }, { kind: "function_expression" }],
              regex: String.raw`^async\b`,
            },
          },
        },
      ],
      // Libraries of asynchronous collections have methods of these names that do wait.
      not: {
        has: {
          field: "function",
          regex: String.raw`(?i)async|stream|observable|\bp[A-Z]\w*\.|^(?:bluebird|promise)\b|page\.|\$\(|cy\.|readable`,
        },
      },
    },
    bad: [
      "const open = files.filter(async (f) => await exists(f));",
      "if (list.some(async function (x) { return test(x); })) go();",
    ],
    good: [
      "files.filter((f) => known.has(f));",
      "await Promise.all(files.map(async (f) => exists(f)));",
      "asyncFilter.filter(async (f) => f);",
    ],
  },
  {
    name: "js-map-parseint",
    languages,
    summary: "`map(parseInt)` passes the index as the number base: the second result is NaN.",
    severity: "error",
    category: "correctness",
    rationale: "`['10', '10'].map(parseInt)` is `[10, NaN]`. Use `map(Number)` or `map((text) => parseInt(text, 10))`.",
    keywords: ["map(parseInt", "map(Number.parseInt"],
    rule: calls("$A.map(parseInt)", "$A.map(Number.parseInt)"),
    // Optional, Maybe and the like hand over the value alone.
    constraints: { A: { not: { regex: String.raw`\b(?:Optional|Maybe|Option|Result|Either|of(?:Nullable)?)\b` } } },
    fix: { message: "Use Number", template: "$A.map(Number)", safety: "unsafe" },
    bad: ["const numbers = text.split(',').map(parseInt);"],
    good: [
      "Optional.ofNullable(text).map(parseInt);",
      "text.split(',').map(Number);",
      "text.split(',').map((t) => parseInt(t, 10));",
    ],
  },
  {
    name: "js-indexof-truthy",
    languages,
    summary: "`indexOf` is 0 (false) for a match at the start and -1 (true) for none.",
    severity: "error",
    category: "correctness",
    rationale: "Use `includes`, or compare with -1.",
    keywords: [".indexOf("],
    rule: {
      pattern: "$A.indexOf($B)",
      inside: {
        any: [
          {
            kind: "parenthesized_expression",
            inside: { any: [{ kind: "if_statement" }, { kind: "while_statement" }] },
          },
          { kind: "unary_expression", has: { field: "operator", regex: "^!$" } },
        ],
      },
    },
    bad: ["if (list.indexOf(x)) remove(x);", "const absent = !list.indexOf(x);"],
    good: [
      "if (list.indexOf(x) !== -1) remove(x);",
      "if (~list.indexOf(x)) remove(x);",
      "if (list.includes(x)) remove(x);",
    ],
  },
  {
    name: "js-foreach-async",
    languages,
    summary: "`forEach` does not wait for an async callback; a rejection is unhandled.",
    severity: "warning",
    category: "correctness",
    optional: true,
    exemptTests: true,
    rationale: "Use `for (const x of list) await …`, or `await Promise.all(list.map(async …))`.",
    keywords: ["forEach(async"],
    rule: { pattern: "$A.forEach($F)", not: { inside: { kind: "await_expression" } } },
    constraints: { F: { regex: String.raw`^async\b.*(?s)\bawait\b` } },
    bad: ["users.forEach(async (user) => { await save(user); });"],
    good: ["for (const user of users) await save(user);", "users.forEach((user) => log(user));"],
  },
  {
    name: "js-new-buffer",
    languages,
    summary: "`new Buffer()` shows old memory when it is given a number, and is deprecated.",
    severity: "warning",
    category: "security",
    cwe: 665,
    exemptTests: true,
    rationale: "Use `Buffer.from(data)` or `Buffer.alloc(size)`.",
    keywords: ["new Buffer("],
    unless: /Buffer\s*=|class\s+Buffer|import\s+.*\bBuffer\b.*from\s+["']\.|\bBuffer\.from\b/,
    rule: { pattern: "new Buffer($A)" },
    bad: ["const b = new Buffer(size);"],
    good: ["const b = Buffer.alloc(size);", "const b = new Buffer(1); const from = Buffer.from;"],
  },
];
