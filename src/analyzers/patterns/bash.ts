/** Structural rules for shell scripts. */
import type { PatternRule } from "./pattern-rule.ts";

const languages = ["bash"] as const;

export const bashRules: readonly PatternRule[] = [
  {
    name: "sh-http-pipe-shell",
    languages,
    summary: "A script that came over an unencrypted connection is run.",
    severity: "error",
    category: "security",
    cwe: 494,
    rationale: "Anybody on the way can change it. Fetch over https and check a checksum before running.",
    keywords: ["http://"],
    rule: {
      kind: "pipeline",
      regex: String.raw`(?s)^(?:curl|wget)\b[^|]*\bhttp://(?:[^l]|l[^o])[^|]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:ba|z|da|k)?sh\b`,
    },
    bad: ["curl -s http://example.com/install.sh | sh"],
    good: ["curl -s https://example.com/install.sh -o install.sh", "curl -s http://localhost:8080/x | sh"],
  },
  {
    name: "sh-rm-empty-variable",
    languages,
    summary: "When the variable is empty, this deletes from the root of the file system.",
    severity: "error",
    category: "correctness",
    rationale: 'Write `"${dir:?}"/…`, which stops when it is empty, or `set -u`.',
    keywords: ["rm -"],
    unless: /set\s+-[a-z]*u|nounset/,
    rule: {
      kind: "command",
      regex: String.raw`(?s)^(?:sudo\s+)?rm\s+(?:-\w*[rR]\w*\s+(?:-\w+\s+)*)(?:--\s+)?(?:.*\s)?(?:"\$\{?\w+\}?"|\$\{?\w+\}?|"\$\{?\w+\}?)/\*?"?(?:\s|$)`,
    },
    bad: ["rm -rf $dir/*", 'rm -rf "$dir"/', 'rm -rf "${dir}"/*'],
    good: ['rm -rf "${dir:?}"/*', 'rm -rf "$dir"', "set -u\nrm -rf $dir/*", 'rm -rf "$dir/build"'],
  },
  {
    name: "sh-redirect-comparison",
    languages,
    summary: "`>` in `[ … ]` writes a file; it does not compare.",
    severity: "error",
    category: "correctness",
    rationale: "Use `-gt` and `-lt` for numbers, `[[ … ]]` for texts.",
    keywords: ["["],
    prefilter: /\[\s[^\]\n]*[<>]/,
    rule: {
      kind: "binary_expression",
      all: [
        { has: { field: "operator", regex: "^[<>]$" } },
        { inside: { kind: "test_command", regex: String.raw`^\[\s` } },
      ],
    },
    bad: ["if [ $count > 5 ]; then run; fi"],
    good: ["if [ $count -gt 5 ]; then run; fi", "if [[ $a > $b ]]; then run; fi", "[ -f x ] > /dev/null"],
  },
  {
    name: "sh-sudo-redirect",
    languages,
    summary: "The file is opened by the shell, without the rights of `sudo`.",
    severity: "warning",
    category: "correctness",
    rationale: "Use `… | sudo tee file`.",
    keywords: ["sudo "],
    rule: {
      kind: "redirected_statement",
      regex: String.raw`^sudo\s+(?:echo|cat|printf|sed|awk)\b[^|]*>>?\s*/(?:etc|usr|opt|root|var/lib|boot|sys)/\S+$`,
    },
    bad: ["sudo echo nameserver 1.1.1.1 > /etc/resolv.conf"],
    good: ["echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "sudo cat /etc/shadow > copy"],
  },
  {
    name: "sh-download-unverified",
    languages,
    summary: "Certificates are not verified: anybody on the way can change what is downloaded.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    optional: true,
    rationale: "Install the missing authority (package `ca-certificates`), or name it with `--cacert`.",
    keywords: ["curl", "wget"],
    // Only what names its address: a variable often holds the machine's own.
    prefilter: /(?:curl|wget)\s.*https:\/\//,
    rule: {
      kind: "command",
      any: [
        { regex: String.raw`^curl\s(?:.*\s)?(?:-k|--insecure|-[a-zA-Z]*k[a-zA-Z]*)(?:\s|$)` },
        { regex: String.raw`^wget\s(?:.*\s)?--no-check-certificate(?:\s|$)` },
      ],
      all: [{ regex: "https://[a-zA-Z]" }],
      // A probe throws the answer away.
      not: { regex: String.raw`localhost|127\.0\.0\.1|\[::1\]|\s(?:-o|--output)[ =]?/dev/null` },
    },
    bad: [
      "curl -k https://example.com/tool.tar.gz -o tool.tar.gz",
      "wget --no-check-certificate https://example.com/x",
    ],
    good: [
      "curl -fsSL https://example.com/tool.tar.gz -o tool.tar.gz",
      "curl -k https://localhost:8443/health",
      'curl -sk "$API/health"',
    ],
  },
  {
    name: "sh-world-writable",
    languages,
    summary: "Everybody on the machine may change these files.",
    severity: "warning",
    category: "security",
    cwe: 732,
    exemptTests: true,
    optional: true,
    rationale: "Give write permission to the owner or a group only.",
    keywords: ["chmod"],
    rule: {
      kind: "command",
      regex: String.raw`^(?:sudo\s+)?chmod\s+(?:-\w+\s+)*(?:0?777|a\+rwx|o\+w|a\+w)\s+`,
      not: { regex: String.raw`/tmp\b|\bsock` },
    },
    bad: ["chmod -R 777 /srv/app"],
    good: ["chmod 755 script.sh", "chmod 1777 /tmp"],
  },
];
