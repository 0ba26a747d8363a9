/** Structural rules for PHP. */
import type { Rule } from "@ast-grep/napi";
import { chosenByOption } from "./insecure-option.ts";
import type { PatternRule } from "./pattern-rule.ts";

const languages = ["php"] as const;

const input = String.raw`\$_(?:GET|POST|REQUEST|COOKIE)\b|php://input`;

const call = (name: string, args: Rule): Rule => ({
  kind: "function_call_expression",
  all: [{ has: { field: "function", regex: String.raw`^\\?(?:${name})$` } }, { has: { field: "arguments", ...args } }],
});

const php = (code: string): string => `<?php\n${code}\n`;

export const phpRules: readonly PatternRule[] = [
  {
    name: "php-eval-input",
    languages,
    summary: "A value from the request is run as code.",
    severity: "error",
    category: "security",
    cwe: 95,
    rationale: "Whoever sends the request runs code on this server.",
    keywords: ["eval(", "assert(", "create_function("],
    rule: call("eval|assert|create_function", { regex: input }),
    bad: [php("eval($_POST['code']);")],
    good: [php("eval($code);"), php("assert(isset($x));")],
  },
  {
    name: "php-unserialize-input",
    languages,
    summary: "A value from the request is unserialized, which can run code that it asks for.",
    severity: "error",
    category: "security",
    cwe: 502,
    rationale: "Exchange JSON (`json_decode`), or pass `['allowed_classes' => false]`.",
    keywords: ["unserialize("],
    rule: call("unserialize", { regex: input, not: { regex: "allowed_classes" } }),
    bad: [php("$state = unserialize(base64_decode($_COOKIE['state']));")],
    good: [
      php("$state = unserialize($_COOKIE['state'], ['allowed_classes' => false]);"),
      php("$state = unserialize($cached);"),
    ],
  },
  {
    name: "php-include-input",
    languages,
    summary: "A value from the request chooses the code that is loaded.",
    severity: "error",
    category: "security",
    cwe: 98,
    rationale: "Also uploaded files and logs can be loaded as code. Choose from a list of names.",
    keywords: ["include", "require"],
    prefilter: /\$_(?:GET|POST|REQUEST|COOKIE)\b/,
    rule: {
      any: [
        { kind: "include_expression" },
        { kind: "include_once_expression" },
        { kind: "require_expression" },
        { kind: "require_once_expression" },
      ],
      regex: input,
    },
    bad: [php("include 'pages/' . $_GET['page'] . '.php';")],
    good: [php("include 'pages/' . $page . '.php';")],
  },
  {
    name: "php-command-input",
    languages,
    summary: "A value from the request reaches a shell command.",
    severity: "error",
    category: "security",
    cwe: 78,
    rationale: "A client who sends `; rm -rf ~` runs it. Quote with `escapeshellarg`, or use `proc_open` with a list.",
    keywords: ["exec(", "system(", "passthru(", "popen(", "proc_open("],
    rule: call("exec|shell_exec|system|passthru|popen|proc_open|pcntl_exec", {
      regex: input,
      not: { regex: "escapeshell|intval|\\(int\\)" },
    }),
    bad: [php("system('ping ' . $_GET['host']);"), php("shell_exec(\"ls {$_GET['dir']}\");")],
    good: [php("system('ping ' . escapeshellarg($_GET['host']));"), php("system('uptime');")],
  },
  {
    name: "php-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use prepared statements with placeholders.",
    keywords: ["query", "prepare(", "exec("],
    rule: {
      any: [
        {
          kind: "member_call_expression",
          has: {
            field: "name",
            regex:
              "^(?:query|exec|prepare|get_results|get_row|get_var|executeQuery|executeStatement|fetchAll|statement|select|unprepared)$",
          },
        },
        {
          kind: "scoped_call_expression",
          has: { field: "name", regex: "^(?:select|statement|unprepared|insert|update|delete|raw)$" },
        },
        {
          kind: "function_call_expression",
          has: { field: "function", regex: "^(?:mysqli?_query|pg_query|sqlite_query)$" },
        },
      ],
      has: {
        field: "arguments",
        regex: String.raw`(?is)["']\s*(?:select\s.*\sfrom\s|insert\s+into\s|update\s.*\sset\s|delete\s+from\s)[^;]*(?:'%?\{?\$[a-z_]|'"\s*\.\s*\$|\\'' ?\. ?\$)`,
        not: { regex: "(?i)escape|quote|intval|\\(int\\)|prefix|->prepare\\(|table|sanitize" },
      },
    },
    bad: [
      php("$db->query(\"SELECT * FROM users WHERE name = '$name'\");"),
      php('mysqli_query($db, "SELECT * FROM users WHERE name = \'" . $name . "\'");'),
    ],
    good: [
      php("$db->prepare('SELECT * FROM users WHERE name = ?');"),
      php('$db->query("SELECT * FROM $users WHERE id = 1");'),
    ],
  },
  {
    name: "php-sql-request",
    languages,
    summary: "A value from the request becomes part of an SQL text.",
    severity: "error",
    category: "security",
    cwe: 89,
    rationale: "The client writes your query. Use prepared statements with placeholders.",
    keywords: ["$_GET", "$_POST", "$_REQUEST", "$_COOKIE"],
    rule: {
      any: [
        {
          kind: "member_call_expression",
          has: { field: "name", regex: "^(?:query|exec|prepare|get_results|get_row|get_var)$" },
        },
        { kind: "function_call_expression", has: { field: "function", regex: "^(?:mysqli?_query|pg_query)$" } },
      ],
      has: {
        field: "arguments",
        regex: String.raw`(?is)\b(?:select|insert|update|delete)\b.*\$_(?:GET|POST|REQUEST|COOKIE)\b`,
        not: { regex: "(?i)escape|quote|intval|\\(int\\)|\\?|sanitize|->prepare\\(" },
      },
    },
    bad: [php("mysqli_query($db, 'SELECT * FROM users WHERE id = ' . $_GET['id']);")],
    good: [php("mysqli_query($db, 'SELECT * FROM users WHERE id = ' . intval($_GET['id']));")],
  },
  {
    name: "php-echo-input",
    languages,
    summary: "A value from the request is sent back as HTML without escaping.",
    severity: "error",
    category: "security",
    cwe: 79,
    exemptTests: true,
    rationale: "A crafted link runs its script with your visitors' sessions. Use `htmlspecialchars`.",
    keywords: ["$_GET", "$_POST", "$_REQUEST", "$_COOKIE"],
    rule: {
      any: [{ kind: "echo_statement" }, { kind: "print_intrinsic" }],
      regex: String.raw`^(?:echo|print)\s*\(?\s*(?:["'][^"']*["']\s*[.,]\s*)*(?:"[^"]*\{?)?\$_(?:GET|POST|REQUEST|COOKIE)\b`,
      not: { regex: String.raw`\?[^?]|==|\(int\)` },
    },
    bad: [php("echo $_GET['name'];"), php("echo '<b>' . $_POST['name'] . '</b>';")],
    good: [php("echo htmlspecialchars($_GET['name']);"), php("echo $_GET['a'] === 'x' ? 1 : 2;")],
  },
  {
    name: "php-password-fast-hash",
    languages,
    summary: "A password is hashed with a fast hash.",
    severity: "error",
    category: "security",
    cwe: 916,
    exemptTests: true,
    optional: true,
    rationale: "Graphics cards try billions of such hashes a second. Use `password_hash` and `password_verify`.",
    // A step of a slow function, or of a protocol that prescribes it.
    unless:
      /pbkdf2|scrypt|bcrypt|argon2|\bSRP\b|string_compare|hash_equals|needs_rehash|\blegacy|password_hash\(|passwordHelper/i,
    exemptExplained: true,
    keywords: ["md5(", "sha1(", "hash("],
    rule: {
      any: [
        call("md5|sha1", {
          regex: String.raw`(?i)^\(\s*\$(?:\w+->)*(?:_POST\[['"])?(?:password|passwd|pass|user_?pass(?:word)?)(?:['"]\])?\s*(?:\.[^)]*)?\)$`,
        }),
        call("hash", {
          regex: String.raw`(?i)^\(\s*['"](?:md5|sha1|sha256|sha512)['"],\s*\$(?:\w+->)*(?:password|passwd)\s*(?:\.[^)]*)?\)$`,
        }),
      ],
    },
    bad: [
      php("$hash = md5($password);"),
      php("$hash = sha1($_POST['password']);"),
      php("$hash = hash('sha256', $password . $salt);"),
    ],
    good: [php("$hash = password_hash($password, PASSWORD_DEFAULT);"), php("$etag = md5($content);")],
  },
  {
    name: "php-hash-loose-compare",
    languages,
    summary: "Hashes are compared with `==`: two different ones that look like numbers (`0e…`) are equal.",
    severity: "warning",
    category: "security",
    cwe: 697,
    exemptTests: true,
    optional: true,
    rationale: "Use `hash_equals($known, $given)`.",
    keywords: ["md5(", "sha1(", "hash(", "hash_hmac(", "crypt("],
    rule: {
      kind: "binary_expression",
      all: [
        { has: { field: "operator", regex: "^[=!]=$" } },
        {
          any: [
            { has: { field: "left", regex: String.raw`^\\?(?:md5|sha1|hash|hash_hmac|crypt)\(` } },
            { has: { field: "right", regex: String.raw`^\\?(?:md5|sha1|hash|hash_hmac|crypt)\(` } },
          ],
        },
      ],
    },
    bad: [php("if (md5($body) == $given) accept();"), php("if ($given != hash_hmac('sha256', $body, $key)) refuse();")],
    good: [php("if (hash_equals(md5($body), $given)) accept();"), php("if (md5($body) === $given) accept();")],
  },
  {
    name: "php-tls-verify-off",
    languages,
    summary: "Certificates are not verified: anybody on the way can read and change the traffic.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    optional: true,
    rationale: "Name the private authority with `CURLOPT_CAINFO` instead.",
    keywords: ["CURLOPT_SSL_VERIFY", "verify_peer"],
    rule: {
      any: [
        call("curl_setopt", { regex: String.raw`\bCURLOPT_SSL_VERIFY(?:PEER|HOST)\s*,\s*(?i:false|0)\s*,?\s*\)$` }),
        {
          kind: "array_element_initializer",
          regex: String.raw`^(?:\\?CURLOPT_SSL_VERIFY(?:PEER|HOST)|['"]verify_peer['"])\s*=>\s*(?i:false|0)$`,
        },
      ],
      not: chosenByOption({
        branches: ["if_statement", "conditional_expression"],
        functions: ["function_definition", "method_declaration"],
      }),
    },
    bad: [php("curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);"), php("$o = ['ssl' => ['verify_peer' => false]];")],
    good: [
      php("curl_setopt($c, CURLOPT_SSL_VERIFYPEER, true);"),
      php("curl_setopt($c, CURLOPT_SSL_VERIFYHOST, 2);"),
      php("$o = $this->noVerify ? ['verify_peer' => false] : [];"),
      php("if ($allowSelfSigned) { curl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0); }"),
    ],
  },
  {
    name: "php-extract-input",
    languages,
    summary: "The client may set every variable of this scope.",
    severity: "error",
    category: "security",
    cwe: 621,
    rationale: "Read the values that you need, one by one.",
    keywords: ["extract(", "parse_str("],
    rule: call("extract", {
      regex: String.raw`^\(\s*\$_(?:GET|POST|REQUEST|COOKIE)\b`,
      not: { regex: "EXTR_SKIP|EXTR_PREFIX_ALL" },
    }),
    bad: [php("extract($_POST);")],
    good: [php("extract($row);"), php("extract($_POST, EXTR_SKIP);")],
  },
  {
    name: "php-open-redirect",
    languages,
    summary: "The client decides where it is redirected to.",
    severity: "warning",
    category: "security",
    cwe: 601,
    exemptTests: true,
    rationale: "A link to your site that ends on another helps phishing. Accept only paths of your own.",
    keywords: ["ocation:"],
    rule: call("header", {
      regex: String.raw`(?i)^\(\s*["']location:\s*(?:["']\s*\.\s*)?\{?\$_(?:GET|POST|REQUEST)\b`,
    }),
    bad: [php("header('Location: ' . $_GET['next']);"), php("header(\"Location: {$_GET['next']}\");")],
    good: [php("header('Location: /login');"), php("header('Location: /items/' . $_GET['id']);")],
  },
  {
    name: "php-path-traversal",
    languages,
    summary: "A value from the request chooses a file.",
    severity: "error",
    category: "security",
    cwe: 22,
    exemptTests: true,
    rationale: "`../../etc/passwd` and `http://…` are file names too. Use `basename` and a fixed directory.",
    keywords: ["file_get_contents(", "readfile(", "fopen(", "file(", "unlink(", "file_put_contents("],
    rule: call("file_get_contents|readfile|fopen|file|unlink|file_put_contents|copy|rename", {
      regex: String.raw`^\([^,]*\$_(?:GET|POST|REQUEST|COOKIE)\b`,
      not: { regex: "(?i)basename|realpath|saniti[sz]e|intval|\\(int\\)|md5" },
    }),
    bad: [php("readfile('files/' . $_GET['name']);")],
    good: [php("readfile('files/' . basename($_GET['name']));"), php("file_put_contents($path, $_POST['text']);")],
  },
  {
    name: "php-upload-name",
    languages,
    summary: "An uploaded file keeps the name that the client gave it, `.php` included.",
    severity: "error",
    category: "security",
    cwe: 434,
    exemptTests: true,
    rationale: "Whoever uploads `x.php` runs it. Choose the name and the extension yourself, outside the web root.",
    keywords: ["move_uploaded_file("],
    rule: call("move_uploaded_file", { regex: String.raw`(?s),.*\$_FILES\[[^\]]*\]\[['"]name['"]\]` }),
    bad: [php("move_uploaded_file($_FILES['f']['tmp_name'], 'up/' . $_FILES['f']['name']);")],
    good: [php("move_uploaded_file($_FILES['f']['tmp_name'], 'up/' . $id . '.png');")],
  },
  {
    name: "php-strpos-truthy",
    languages,
    summary: "`strpos` is 0 (false) for a match at the start.",
    severity: "warning",
    category: "correctness",
    optional: true,
    rationale:
      "Use `str_contains`, or compare with `!== false`. A separator or a single letter is not reported: a match at the start is rarely meant to count there.",
    keywords: ["strpos("],
    exemptTests: true,
    rule: {
      kind: "function_call_expression",
      has: { field: "function", regex: String.raw`^\\?(?:mb_)?(?:str|stri|strr|strri)pos$` },
      not: {
        any: [
          {
            regex: String.raw`,\s*(?:'(?:[^\w']+|\w)'|"(?:(?:[^\w"$\\]|\\(?:[nrtvef0\\$"]|x[\da-fA-F]{2}))+|\w)")\s*\)$`,
          },
          { regex: String.raw`^\\?\w+\(\s*['"]\s` },
          // Nothing that is looked for in these begins them: a scheme, a browser's name, a sentence comes first.
          { regex: String.raw`(?i)^\\?\w+\(\s*[^,]*(?:ur[il]\b|getMessage\(|user_?agent|html|content)[^,]*,` },
          // Part of a syntax: a brace, a tag, a separator with more after it.
          { regex: String.raw`,\s*['"][^\w'"/\\$][^'"]*['"]\s*\)$` },
        ],
      },
      inside: {
        any: [
          {
            kind: "parenthesized_expression",
            inside: { any: [{ kind: "if_statement" }, { kind: "while_statement" }, { kind: "else_if_clause" }] },
          },
          { kind: "unary_op_expression", regex: "^!" },
          {
            kind: "binary_expression",
            has: { field: "operator", regex: "^(?:&&|\\|\\||and|or)$" },
          },
        ],
      },
    },
    bad: [
      php("if (strpos($path, '/admin')) deny();"),
      php("if (!strpos($path, 'xyz')) go();"),
      php("if ($a && strpos($path, $part)) go();"),
    ],
    good: [
      php("if (strpos($path, '/admin') === 0) deny();"),
      php("if (str_contains($path, 'x')) go();"),
      php("if (strpos($names, ',')) split($names);"),
      php(String.raw`if (strpos($text, "\n")) split($text);`),
      php("if (strpos(' a,b', $name)) go();"),
      php("if (strpos($e->getMessage(), 'deadlock')) retry();"),
      php("if (strpos($url, 'example.org')) go();"),
      php("if (strpos($line, '{label_')) go();"),
    ],
  },
  {
    name: "php-random-secret",
    languages,
    summary: "A secret is made with a generator that can be predicted.",
    severity: "error",
    category: "security",
    cwe: 338,
    exemptTests: true,
    optional: true,
    rationale: "Use `bin2hex(random_bytes(16))`.",
    keywords: ["rand(", "uniqid(", "str_shuffle("],
    rule: {
      kind: "assignment_expression",
      all: [
        {
          has: {
            field: "left",
            regex: String.raw`(?i)(?:[$>_]|\[['"])(?:password|passwd|secret|csrf_?token|session_?(?:token|key)|api_?key|access_?token|auth_?token|reset_?token|otp)(?:['"]\])?$`,
          },
        },
        {
          has: {
            field: "right",
            regex: String.raw`(?:^|[^\w>])(?:mt_rand|rand|uniqid|str_shuffle|lcg_value)\(`,
            not: { regex: "random_bytes|random_int|hash_hmac" },
          },
        },
      ],
    },
    bad: [php("$resetToken = md5(uniqid());"), php("$user->password = mt_rand(1000, 9999);")],
    good: [php("$resetToken = bin2hex(random_bytes(16));"), php("$index = mt_rand(0, 9);")],
  },
];
