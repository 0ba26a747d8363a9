/** Finds calls of `console`'s methods in a syntax tree of JavaScript or TypeScript. */

export interface ConsoleCall {
  readonly line: number;
  readonly method: string;
}

/** A file that does not parse has no calls that could be named; the check's own analyzers report it. */
export async function readConsoleCalls(
  path: string,
  text: string,
  methods: ReadonlySet<string>,
): Promise<ConsoleCall[]> {
  const { parseSync } = await import("oxc-parser");
  const { program } = parseSync(path, text);
  const starts: number[] = [];
  const calls: { at: number; method: string }[] = [];
  const pending: unknown[] = [program];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== "object" || node === null) continue;
    if (Array.isArray(node)) {
      pending.push(...node);
      continue;
    }
    const method = methodOf(node as TreeNode);
    if (method !== undefined && methods.has(method)) calls.push({ at: (node as TreeNode).start, method });
    pending.push(...Object.values(node));
  }
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at);
  return calls
    .map(({ at, method }) => ({ line: starts.filter((start) => start < at).length + 1, method }))
    .sort((a, b) => a.line - b.line);
}

interface TreeNode {
  readonly type?: string;
  readonly start: number;
  readonly name?: string;
  readonly computed?: boolean;
  readonly callee?: TreeNode;
  readonly object?: TreeNode;
  readonly property?: TreeNode;
}

function methodOf({ type, callee }: TreeNode): string | undefined {
  if (type !== "CallExpression" || callee?.type !== "MemberExpression" || callee.computed === true) return undefined;
  return callee.object?.type === "Identifier" && callee.object.name === "console" ? callee.property?.name : undefined;
}
