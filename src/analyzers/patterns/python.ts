/** Structural rules for Python: security. */
import type { Rule } from "@ast-grep/napi";
import { chosenByOption } from "./insecure-option.ts";
import { calls, type PatternRule } from "./pattern-rule.ts";

const languages = ["python"] as const;

const keyword = (name: string, value: string): Rule => ({
  kind: "keyword_argument",
  all: [{ has: { field: "name", regex: `^(?:${name})$` } }, { has: { field: "value", regex: `^(?:${value})$` } }],
});

export const pythonRules: readonly PatternRule[] = [
  {
    name: "py-tls-verify-off",
    languages,
    summary: "Certificates are not verified: anybody on the way can read and change the traffic.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    optional: true,
    rationale: "Pass the path of the authority's certificate as `verify`, or `cafile` to `ssl.create_default_context`.",
    keywords: ["verify", "_create_unverified_context", "CERT_NONE"],
    rule: {
      all: [
        {
          not: chosenByOption({
            branches: ["if_statement", "conditional_expression"],
            functions: ["function_definition"],
          }),
        },
      ],
      any: [
        {
          ...keyword("verify", "False"),
          inside: {
            kind: "argument_list",
            inside: {
              kind: "call",
              has: {
                field: "function",
                regex: String.raw`^(?:requests|httpx|session|s|http|client|self\.session|self\._session)\.(?:get|post|put|patch|delete|head|options|request|Client|AsyncClient|stream)$`,
              },
            },
          },
        },
        { pattern: "$S.verify = False", kind: "assignment" },
        { pattern: "ssl._create_default_https_context = ssl._create_unverified_context" },
        { pattern: "ssl._create_unverified_context($$$)" },
      ],
      not: {
        all: [
          { kind: "assignment" },
          { has: { field: "left", not: { regex: "(?i)session|client|^s\\." } } },
          { has: { field: "right", kind: "false" } },
        ],
      },
    },
    bad: [
      "requests.get(url, verify=False)",
      "session.verify = False",
      "urlopen(url, context=ssl._create_unverified_context())",
    ],
    good: ["requests.get(url, verify=ca_bundle)", "jwt.decode(token, verify=False)", "form.verify = False"],
  },
  {
    name: "py-mktemp",
    languages,
    summary: "Between `mktemp` and opening the file, somebody else may create it.",
    severity: "warning",
    category: "security",
    cwe: 377,
    exemptTests: true,
    rationale: "Use `tempfile.NamedTemporaryFile`, `tempfile.mkstemp` or `tempfile.TemporaryDirectory`.",
    keywords: ["mktemp"],
    rule: { pattern: "tempfile.mktemp($$$)" },
    bad: ["path = tempfile.mktemp()", "path = tempfile.mktemp(suffix='.txt')"],
    good: ["handle, path = tempfile.mkstemp()"],
  },
  {
    name: "py-password-fast-hash",
    languages,
    summary: "A password is hashed with a fast hash.",
    severity: "warning",
    category: "security",
    cwe: 916,
    exemptTests: true,
    optional: true,
    rationale:
      "Graphics cards try billions of such hashes a second. Use `hashlib.scrypt`, Argon2 or bcrypt, with a salt for each password.",
    // A step of a slow function, or of a protocol that prescribes it.
    unless:
      /pbkdf2|scrypt|bcrypt|argon2|\bSRP\b|string_compare|hash_equals|needs_rehash|\blegacy|password_hash\(|passwordHelper/i,
    exemptExplained: true,
    keywords: ["hashlib.", "md5(", "sha1(", "sha256("],
    rule: {
      // A class of hashers keeps old ones on purpose, to read what they have written.
      // Protocols and other people's formats say which hash it is: `_scramble_native`, `md5_generic_passwd`.
      not: {
        inside: {
          stopBy: "end",
          any: [
            // What a service is sent, in the form that it asks for.
            { kind: "pair" },
            { kind: "assignment", has: { field: "left", kind: "subscript" } },
            { kind: "keyword_argument" },
            { kind: "class_definition", has: { field: "name", regex: "(?i)hasher|legacy|htpasswd" } },
            {
              kind: "function_definition",
              has: {
                field: "name",
                regex: String.raw`(?i)scramble|md[45]|sha_?\d|ntlm|digest|legacy|mysql|postgres|_passwd$`,
              },
            },
          ],
        },
      },
      ...calls(
        "hashlib.md5($P, $$$)",
        "hashlib.sha1($P, $$$)",
        "hashlib.sha256($P, $$$)",
        "hashlib.sha512($P, $$$)",
        "md5($P)",
        "sha1($P)",
        "sha256($P)",
      ),
    },
    constraints: { P: { regex: String.raw`(?i)^(?:[\w.]*\.)?(?:password|passwd|passphrase)(?:\.encode\([^)]*\))?$` } },
    bad: ["digest = hashlib.md5(password.encode()).hexdigest()", "hashlib.sha256(user.password.encode('utf-8'))"],
    good: [
      'form["pwd"] = hashlib.md5(password.encode()).hexdigest()',
      'form = {"pwd": hashlib.sha1(password.encode()).hexdigest()}',
      "hashlib.md5(content).hexdigest()",
      "hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)",
      "def scramble_native(password):\n    return hashlib.sha1(password.encode()).digest()",
      "class MD5Hasher:\n    def encode(self, password):\n        return hashlib.md5(password)",
    ],
  },
  {
    name: "py-jwt-unverified",
    languages,
    summary: "The token's signature is not verified: anybody can write one.",
    severity: "error",
    category: "security",
    cwe: 347,
    exemptTests: true,
    rationale:
      "Pass the key and `algorithms=[…]`. To look into a token before verifying it, use `jwt.get_unverified_header`.",
    keywords: ["jwt"],
    rule: {
      kind: "call",
      // Asking whose token it is comes before verifying it.
      not: {
        inside: {
          stopBy: "end",
          kind: "function_definition",
          has: { field: "name", regex: "(?i)^_?is_|peek|unverified|issuer|owner" },
        },
      },
      all: [
        { has: { field: "function", regex: String.raw`^(?:jwt|jose\.jwt|pyjwt|PyJWT)\.decode$` } },
        {
          has: {
            field: "arguments",
            any: [
              { has: keyword("verify", "False") },
              { has: { kind: "keyword_argument", regex: String.raw`["']verify_signature["']\s*:\s*False` } },
              { has: { kind: "keyword_argument", regex: String.raw`(?i)^algorithms?\s*=.*["']none["']` } },
            ],
          },
        },
      ],
    },
    bad: ["jwt.decode(token, verify=False)", "jwt.decode(token, options={'verify_signature': False})"],
    good: [
      "jwt.decode(token, key, algorithms=['HS256'])",
      "jwt.decode(token, key, algorithms=['RS256'], options={'verify_aud': False})",
    ],
  },
  {
    name: "py-flask-debug-public",
    languages,
    summary: "Flask's debugger listens to the whole network: anybody runs code with it.",
    severity: "error",
    category: "security",
    cwe: 489,
    exemptTests: true,
    rationale: "Leave `debug` to the command line (`flask run --debug`), or listen on 127.0.0.1 only.",
    keywords: ["debug=True"],
    rule: {
      kind: "call",
      all: [
        { has: { field: "function", regex: String.raw`\.run$` } },
        {
          has: {
            field: "arguments",
            all: [{ has: keyword("debug", "True") }, { has: keyword("host", String.raw`["']0\.0\.0\.0["']`) }],
          },
        },
      ],
    },
    bad: ["app.run(host='0.0.0.0', debug=True)"],
    good: ["app.run(debug=True)", "app.run(host='0.0.0.0', debug=settings.debug)"],
  },
  {
    name: "py-random-secret",
    languages,
    summary: "A secret is made with `random`, which can be predicted.",
    severity: "error",
    category: "security",
    cwe: 338,
    exemptTests: true,
    optional: true,
    rationale: "Use the module `secrets`: `secrets.token_urlsafe()`, `secrets.choice()`.",
    keywords: ["random."],
    rule: {
      kind: "assignment",
      all: [{ has: { field: "left", pattern: "$N" } }, { has: { field: "right", pattern: "$V" } }],
    },
    constraints: {
      N: {
        regex:
          "(?i)(?:^|[._])(?:password|passwd|secret|secret_key|csrf_token|session_(?:id|token|key)|api_?key|access_token|auth_token|reset_token|otp)$",
      },
      V: {
        regex: String.raw`(?:^|[^.\w])random\.(?:choices?|randint|random|sample|randrange|getrandbits)\(`,
        // One of several that exist already.
        not: { regex: String.raw`\brandom\.choice\(\w*(?:keys|tokens|secrets|passwords)\)` },
      },
    },
    bad: [
      "password = ''.join(random.choice(letters) for _ in range(12))",
      "user.reset_token = str(random.randint(0, 10**9))",
    ],
    good: [
      "password = secrets.token_urlsafe()",
      "index = random.randint(0, 9)",
      "password = ''.join(secrets.choice(letters) for _ in range(12))",
      "api_key = random.choice(api_keys)",
    ],
  },
  {
    name: "py-xml-entities",
    languages,
    summary: "The XML parser follows external entities: a document can read this machine's files.",
    severity: "error",
    category: "security",
    cwe: 611,
    exemptTests: true,
    rationale: "Leave `resolve_entities=False`, or use `defusedxml`.",
    keywords: ["resolve_entities", "no_network"],
    rule: {
      any: [keyword("resolve_entities", "True"), keyword("no_network", "False")],
      inside: { kind: "argument_list", inside: { kind: "call", regex: "Parser\\(" } },
    },
    bad: ["parser = etree.XMLParser(resolve_entities=True)"],
    good: ["parser = etree.XMLParser(resolve_entities=False)"],
  },
  {
    name: "py-ssh-accept-any",
    languages,
    summary: "Any SSH host key is accepted: the server may be somebody else's.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    rationale: "Load the known hosts and use `RejectPolicy`, the default.",
    keywords: ["AutoAddPolicy", "WarningPolicy"],
    rule: calls("$C.set_missing_host_key_policy($P)"),
    constraints: { P: { regex: "AutoAddPolicy|WarningPolicy" } },
    bad: ["client.set_missing_host_key_policy(paramiko.AutoAddPolicy())"],
    good: ["client.set_missing_host_key_policy(paramiko.RejectPolicy())"],
  },
  {
    name: "py-hmac-compare",
    languages,
    summary: "A signature is compared with `==`, which takes longer the more of it is right.",
    severity: "warning",
    category: "security",
    cwe: 208,
    exemptTests: true,
    optional: true,
    rationale: "Use `hmac.compare_digest(a, b)`.",
    keywords: ["hmac.new("],
    rule: {
      kind: "comparison_operator",
      all: [
        { regex: String.raw`hmac\.new\(` },
        { regex: "[=!]=" },
        { has: { kind: "call", regex: String.raw`^hmac\.new\(.*(?s)\.(?:hex)?digest\(\)$` } },
      ],
    },
    bad: ["if hmac.new(key, body, 'sha256').hexdigest() == signature: pass"],
    good: ["if hmac.compare_digest(hmac.new(key, body, 'sha256').hexdigest(), signature): pass"],
  },
];
