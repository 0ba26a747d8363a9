/** The text of the pre-commit hook, and marked blocks that go into people's files and come out without a trace. */

/** What the marker of a block remembers, so that removing it gives back the very bytes from before. */
export type BlockOrigin =
  | "block"
  /** The file did not exist. */
  | "file"
  /** The file's last line had no line end, and got one. */
  | "newline"
  /** A script that runs the one which was there before, kept beside it. */
  | "chain";

const opening = "# >>> codeflow";
const closing = "# <<< codeflow <<<";

export interface HookScriptOptions {
  /** Arguments of codeflow. */
  readonly args: readonly string[];
  /** Whether a machine without codeflow may commit. */
  readonly required: boolean;
  /** Looked into last, for programs with a poor PATH; not for files that people share. */
  readonly nodeDirectory: string | undefined;
}

/** Name of a hook that was there before and cannot take a block. */
export const chainedName = "pre-commit.before-codeflow";

export function openingLine(origin: BlockOrigin): string {
  return `${opening} (${origin}) >>> put here by \`codeflow hook\`, which can also remove it`;
}

/** POSIX shell; changes nothing of the script around it, and ends that only when the check says no. */
export function hookBlock(origin: BlockOrigin, options: HookScriptOptions): string {
  const recorded = options.nodeDirectory === undefined ? "" : ` ${shellQuote(options.nodeDirectory)}`;
  const chain =
    origin === "chain"
      ? [
          "# The hook that was here before; it is put back on removal.",
          `if [ -x "\${0%/*}/${chainedName}" ]; then "\${0%/*}/${chainedName}" "$@" || exit $?; fi`,
        ]
      : [];
  const missing = options.required
    ? [
        '  echo "codeflow: not found in node_modules or on PATH, and this repository requires it (git commit --no-verify goes without)" >&2',
        "  exit 1",
      ]
    : ['  echo "codeflow: not found in node_modules or on PATH, so this commit is not checked" >&2', "  exit 0"];
  return [
    openingLine(origin),
    ...chain,
    "(",
    "  # The repository's own codeflow first; a linked worktree may use the main one's.",
    '  common=$(git rev-parse --git-common-dir 2>/dev/null) && common=$(cd "$common/.." 2>/dev/null && pwd) || common=$PWD',
    '  PATH="$PWD/node_modules/.bin:$common/node_modules/.bin:$PATH"',
    "  # Programs started from a desktop know little of PATH: the usual places of Node come last.",
    `  for place in${recorded} "$HOME/.volta/bin" "$HOME/.local/share/mise/shims" "$HOME/.asdf/shims" \\`,
    '    "$HOME/.local/share/fnm/aliases/default/bin" "$HOME/.nodenv/shims" \\',
    '    "$HOME"/.nvm/versions/node/v[3-9][0-9].*/bin "$HOME"/.nvm/versions/node/v2[2-9].*/bin \\',
    "    /opt/homebrew/bin /usr/local/bin /home/linuxbrew/.linuxbrew/bin; do",
    '    if [ -d "$place" ]; then PATH="$PATH:$place"; fi',
    "  done",
    "  export PATH",
    "  if command -v codeflow >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then",
    `    exec codeflow ${options.args.map(shellQuote).join(" ")}`,
    "  fi",
    ...missing,
    ") || exit $?",
    closing,
    "",
  ].join("\n");
}

export interface FoundBlock {
  readonly origin: BlockOrigin;
  readonly start: number;
  /** Behind the line end of the closing line. */
  readonly end: number;
}

/** Markers may be indented (YAML). Undefined when there is no complete block. */
export function findBlock(content: Uint8Array): FoundBlock | undefined {
  // One character a byte: offsets are byte offsets, whatever the encoding.
  const text = Buffer.from(content).toString("latin1");
  const match =
    /^[ \t]*# >>> codeflow \((block|file|newline|chain)\) >>>[^\n]*\n(?:[^\n]*\n)*?[ \t]*# <<< codeflow <<<(?:\r?\n|$)/m.exec(
      text,
    );
  if (match === null) return undefined;
  return { origin: match[1] as BlockOrigin, start: match.index, end: match.index + match[0].length };
}

/** The content without the block, as it was before the block was put in. */
export function withoutBlock(content: Uint8Array, block: FoundBlock): Uint8Array {
  // The line end that was added stands before the block.
  const start = block.origin === "newline" && content[block.start - 1] === 0x0a ? block.start - 1 : block.start;
  return Buffer.concat([content.subarray(0, start), content.subarray(block.end)]);
}

export function replaceBlock(content: Uint8Array, block: FoundBlock, text: string): Uint8Array {
  return Buffer.concat([content.subarray(0, block.start), Buffer.from(text), content.subarray(block.end)]);
}

/**
 * Where a shell script takes a block: behind its first line when that names a shell, at the start when there is none.
 * Undefined when it is no POSIX shell script (zsh treats patterns without a match differently). The start, because scripts like to end with `exit` or `exec`.
 */
export function insertionPoint(content: Uint8Array): number | undefined {
  if (content.includes(0)) return undefined;
  if (content[0] !== 0x23 || content[1] !== 0x21) return 0;
  const lineEnd = content.indexOf(0x0a);
  if (lineEnd === -1) return undefined;
  const first = Buffer.from(content.subarray(0, lineEnd)).toString("latin1");
  return /^#!.*[/ ](?:ba|da|k|a)?sh(?: +-[a-z]+)*$/.test(first) ? lineEnd + 1 : undefined;
}

/** Safe as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The lines of a block in a YAML file, indented as their place needs. */
export function yamlBlock(origin: BlockOrigin, lines: readonly string[], indent: number): string {
  const margin = " ".repeat(indent);
  return [openingLine(origin), ...lines, closing].map((line) => `${margin}${line}\n`).join("");
}
