/** Structural rules for Python: what comes from outside and where it must not go. */
import type { Rule } from "@ast-grep/napi";
import { calls, type PatternRule } from "./pattern-rule.ts";

const languages = ["python"] as const;

/** What a client sends: Flask, Django, Starlette, aiohttp. */
const request = String.raw`\brequest\.(?:args|form|values|data|json|get_json|get_data|cookies|files|headers|GET|POST|COOKIES|body|query_params|query|match_info|rel_url)\b`;

/** A text with values in it: an f-string, `%`, `.format()`, `+`. */
const assembled: Rule = {
  any: [
    { kind: "string", has: { kind: "interpolation" } },
    {
      kind: "binary_operator",
      regex: String.raw`(?s)["'].*[%+]|[%+].*["']`,
      // A constant is no value that somebody chooses.
      not: { has: { field: "right", regex: "^[A-Z][A-Z0-9_]*$" } },
    },
    { kind: "call", regex: String.raw`(?s)^[rb]?["'].*\.format\(` },
  ],
};

export const pythonInputRules: readonly PatternRule[] = [
  {
    name: "py-eval-request",
    languages,
    summary: "A value from the request is run as code.",
    severity: "error",
    category: "security",
    cwe: 95,
    rationale:
      "Whoever sends the request runs code in this process. Parse it (`json.loads`, `ast.literal_eval`) instead.",
    keywords: ["eval(", "exec("],
    rule: calls("eval($CODE, $$$)", "exec($CODE, $$$)"),
    constraints: { CODE: { regex: request } },
    bad: ["eval(request.args['formula'])", "exec(request.form.get('code'), {})"],
    good: ["eval(source)", "ast.literal_eval(request.args['formula'])"],
  },
  {
    name: "py-shell-interpolation",
    languages,
    summary: "A shell command is assembled from values.",
    severity: "warning",
    category: "security",
    cwe: 78,
    exemptTests: true,
    optional: true,
    rationale:
      "Spaces, quotes and `;` in a value change the command. Pass a list of arguments without `shell=True`, or quote with `shlex.quote`.",
    keywords: ["shell=True", "os.system(", "os.popen("],
    rule: {
      any: [
        {
          kind: "call",
          all: [
            {
              has: {
                field: "function",
                regex: String.raw`^(?:subprocess\.)?(?:run|call|check_call|check_output|Popen|getoutput)$`,
              },
            },
            {
              has: {
                field: "arguments",
                all: [
                  { has: { kind: "keyword_argument", regex: String.raw`^shell\s*=\s*True$` } },
                  { has: { nthChild: 1, ...assembled } },
                ],
              },
            },
          ],
        },
        {
          kind: "call",
          all: [
            { has: { field: "function", regex: String.raw`^os\.(?:system|popen)$` } },
            { has: { field: "arguments", has: { nthChild: 1, ...assembled } } },
          ],
        },
      ],
      not: { regex: "quote\\(" },
    },
    bad: [
      "subprocess.run(f'ls {path}', shell=True)",
      "os.system('rm ' + name)",
      "subprocess.check_output('ls %s' % path, shell=True)",
    ],
    good: [
      "subprocess.run(['ls', path])",
      "os.system('clear')",
      "subprocess.run(f'ls {shlex.quote(path)}', shell=True)",
    ],
  },
  {
    name: "py-yaml-load",
    languages,
    summary: "`yaml.load` without a safe loader runs code that the document asks for.",
    severity: "error",
    category: "security",
    cwe: 502,
    exemptTests: true,
    rationale:
      "A YAML document can construct any Python object. Use `yaml.safe_load`; without a loader newer PyYAML refuses the call anyway.",
    keywords: ["yaml"],
    unless: /ruamel|strictyaml/,
    rule: {
      any: [
        { pattern: "yaml.load($D)" },
        { pattern: "yaml.load($D, Loader=$L)" },
        { pattern: "yaml.load($D, $L)" },
        { pattern: "yaml.load_all($D)" },
        { pattern: "yaml.load_all($D, Loader=$L)" },
        { pattern: "yaml.unsafe_load($D)" },
      ],
    },
    constraints: { L: { regex: String.raw`^(?:yaml\.)?(?:Unsafe|C)?Loader$` } },
    bad: ["yaml.load(text)", "yaml.load(stream, Loader=yaml.Loader)", "yaml.unsafe_load(text)"],
    good: [
      "yaml.safe_load(text)",
      "yaml.load(text, Loader=yaml.SafeLoader)",
      "yaml.load(text, Loader=yaml.CSafeLoader)",
    ],
  },
  {
    name: "py-unpickle-request",
    languages,
    summary: "Bytes from outside are unpickled, which runs code that they ask for.",
    severity: "error",
    category: "security",
    cwe: 502,
    exemptTests: true,
    rationale: "A pickle can call any function. Exchange JSON, or check a signature (`hmac`) before unpickling.",
    keywords: ["pickle", "marshal", "dill", "jsonpickle"],
    rule: calls(
      "pickle.loads($D, $$$)",
      "cPickle.loads($D, $$$)",
      "dill.loads($D, $$$)",
      "marshal.loads($D, $$$)",
      "jsonpickle.decode($D, $$$)",
    ),
    constraints: { D: { regex: String.raw`${request}|\.recv\(|urlopen\(|requests\.get\(` } },
    bad: [
      "pickle.loads(request.data)",
      "pickle.loads(base64.b64decode(request.cookies['s']))",
      "pickle.loads(conn.recv(4096))",
    ],
    good: ["pickle.loads(cached)", "json.loads(request.data)"],
  },
  {
    name: "py-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    optional: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use placeholders (`%s`, `?`) and pass the values separately.",
    keywords: ["execute", ".raw(", "RawSQL(", "read_sql"],
    prefilter: /['"]\{|'%s'|'"\s*\+|"'\s*\+/,
    rule: calls(
      "$C.execute($SQL, $$$)",
      "$C.executescript($SQL, $$$)",
      "$C.raw($SQL, $$$)",
      "RawSQL($SQL, $$$)",
      "text($SQL)",
      "$P.read_sql($SQL, $$$)",
    ),
    constraints: {
      SQL: {
        any: [
          {
            kind: "string",
            has: { kind: "interpolation" },
            regex: String.raw`(?is)\b(?:select|insert|update|delete)\b.*['"]\{[^{]`,
          },
          {
            kind: "binary_operator",
            // Between double quotes stand names, which no placeholder can give.
            regex: String.raw`(?is)\b(?:select|insert|update|delete)\b.*'%s'.*%\s*[\w(]`,
          },
          { kind: "binary_operator", regex: String.raw`(?is)\b(?:select|insert|update|delete)\b.*(?:'"|"')\s*\+` },
          {
            kind: "call",
            regex: String.raw`(?is)^f?["'].*\b(?:select|insert|update|delete)\b.*['"]\{\w*\}['"].*\.format\(`,
          },
        ],
      },
    },
    bad: [
      "cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")",
      "cursor.execute(\"SELECT * FROM users WHERE name = '%s'\" % name)",
      'cursor.execute("SELECT * FROM users WHERE name = \'" + name + "\'")',
      "cursor.execute(\"SELECT * FROM users WHERE name = '{}'\".format(name))",
    ],
    good: [
      "cursor.execute('SELECT * FROM users WHERE name = %s', [name])",
      "cursor.execute(f'SELECT * FROM {table} WHERE id = %s', [id])",
    ],
  },
  {
    name: "py-sql-request",
    languages,
    summary: "A value from the request is put between quotes in an SQL text.",
    severity: "error",
    category: "security",
    cwe: 89,
    exemptTests: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use placeholders (`%s`, `?`) and pass the values separately.",
    keywords: ["execute", ".raw(", "RawSQL(", "read_sql"],
    prefilter: /['"]\{|'%s'|'"\s*\+|"'\s*\+/,
    rule: calls(
      "$C.execute($SQL, $$$)",
      "$C.executescript($SQL, $$$)",
      "$C.raw($SQL, $$$)",
      "RawSQL($SQL, $$$)",
      "text($SQL)",
      "$P.read_sql($SQL, $$$)",
    ),
    constraints: {
      SQL: {
        regex: String.raw`(?is)\b(?:select|insert|update|delete)\b.*['"]`,
        all: [
          {
            regex: String.raw`\brequest\.(?:args|form|values|json|GET|POST|data|query_params|cookies|headers|match_info|path_params)\b`,
          },
          { not: { kind: "string", not: { has: { kind: "interpolation" } } } },
        ],
      },
    },
    bad: [
      "cursor.execute(f\"SELECT * FROM users WHERE name = '{request.args['name']}'\")",
      'cursor.execute("SELECT * FROM users WHERE name = \'" + request.form["name"] + "\'")',
    ],
    good: [
      "cursor.execute('SELECT * FROM users WHERE name = %s', [request.args['name']])",
      "cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")",
    ],
  },
  {
    name: "py-mark-safe",
    languages,
    summary: "A text with values in it is declared to be safe HTML.",
    severity: "warning",
    category: "security",
    cwe: 79,
    // Most values are constants of the same file, which no rule of one file can tell from a visitor's.
    optional: true,
    exemptTests: true,
    rationale:
      "The values are not escaped. Use `format_html('<b>{}</b>', value)` or `Markup('<b>%s</b>') % value`, which escape them.",
    keywords: ["mark_safe(", "Markup("],
    rule: calls("mark_safe($T)", "Markup($T)", "markupsafe.Markup($T)"),
    constraints: {
      T: {
        any: [
          { kind: "string", has: { kind: "interpolation" } },
          { kind: "binary_operator", regex: String.raw`(?s)^["'].*["']\s*%` },
          { kind: "call", regex: String.raw`(?s)^["'].*\.format\(` },
        ],
        // Without a tag of its own the text is put together from parts that may be escaped already.
        all: [{ regex: "<[a-zA-Z!]" }],
        not: { regex: "(?i)escape|render|conditional_|saniti[sz]e|clean|int\\(|_html|json" },
      },
    },
    bad: ["mark_safe(f'<b>{name}</b>')", "mark_safe('<b>%s</b>' % name)", "Markup('<b>{}</b>'.format(name))"],
    good: [
      "mark_safe('<br>')",
      "format_html('<b>{}</b>', name)",
      "mark_safe(f'<b>{escape(name)}</b>')",
      "Markup('<b>%s</b>') % name",
      "mark_safe('%s%s' % (before, after))",
    ],
  },
  {
    name: "py-template-request",
    languages,
    summary: "A value from the request becomes part of a template, which can run code.",
    severity: "error",
    category: "security",
    cwe: 1336,
    rationale: "`{{ config }}` in the value is evaluated. Keep the template constant and pass the value as a variable.",
    keywords: ["render_template_string(", "Template("],
    rule: calls("render_template_string($T, $$$)", "Template($T, $$$)", "jinja2.Template($T, $$$)"),
    constraints: { T: { regex: request } },
    bad: ["render_template_string('Hello ' + request.args['name'])"],
    good: ["render_template_string('Hello {{ name }}', name=request.args['name'])"],
  },
  {
    name: "py-open-redirect",
    languages,
    summary: "The client decides where it is redirected to.",
    severity: "warning",
    category: "security",
    cwe: 601,
    exemptTests: true,
    rationale:
      "A link to your site that ends on another helps phishing. Check with `url_has_allowed_host_and_scheme` or accept only paths.",
    keywords: ["redirect(", "HttpResponseRedirect("],
    rule: calls("redirect($V, $$$)", "flask.redirect($V, $$$)", "HttpResponseRedirect($V)"),
    constraints: {
      V: { regex: String.raw`^request\.(?:args|form|values|GET|POST|query_params)(?:\.get\(|\[)[^()]*[\])]$` },
    },
    bad: ["return redirect(request.args.get('next'))", "return HttpResponseRedirect(request.GET['next'])"],
    good: ["return redirect(url_for('index'))", "return redirect(safe(request.args.get('next')))"],
  },
  {
    name: "py-path-traversal",
    languages,
    summary: "A value from the request chooses a file.",
    severity: "error",
    category: "security",
    cwe: 22,
    exemptTests: true,
    rationale: "`../../etc/passwd` is a file name too. Use `send_from_directory` or `werkzeug.utils.secure_filename`.",
    keywords: ["open(", "send_file("],
    prefilter: /\brequest\.(?:args|form|values|GET|POST|query_params|json)\b/,
    rule: calls("open($V, $$$)", "send_file($V, $$$)"),
    constraints: {
      V: {
        regex: String.raw`\brequest\.(?:args|form|values|GET|POST|query_params|json)\b`,
        not: { regex: "secure_filename|basename|safe" },
      },
    },
    bad: ["open(os.path.join(root, request.args['file']))", "return send_file(request.args.get('path'))"],
    good: [
      "return send_from_directory(root, request.args['file'])",
      "open(os.path.join(root, secure_filename(request.args['file'])))",
    ],
  },
  {
    name: "py-ssrf",
    languages,
    summary: "The client decides which address this server calls.",
    severity: "error",
    category: "security",
    cwe: 918,
    exemptTests: true,
    rationale:
      "The client reaches services inside your network, such as the cloud's metadata address. Choose from a list of known hosts.",
    keywords: ["requests.", "httpx.", "urlopen("],
    prefilter: /\brequest\.(?:args|form|values|GET|POST|query_params|json)\b/,
    rule: calls(
      "requests.get($V, $$$)",
      "requests.post($V, $$$)",
      "httpx.get($V, $$$)",
      "httpx.post($V, $$$)",
      "urlopen($V, $$$)",
      "urllib.request.urlopen($V, $$$)",
    ),
    constraints: {
      V: { regex: String.raw`^request\.(?:args|form|values|GET|POST|query_params|json)(?:\.get\(|\[)[^()]*[\])]$` },
    },
    bad: ["requests.get(request.args['url'], timeout=5)", "urlopen(request.GET.get('feed'))"],
    good: ["requests.get(FEEDS[request.args['feed']])", "requests.get(url)"],
  },
];
