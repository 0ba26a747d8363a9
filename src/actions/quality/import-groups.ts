/** Judges the imports at the top of a JavaScript or TypeScript file by groups, and offers the text with them in order. */
import { isBuiltin } from "node:module";

export interface ImportOrder {
  /** Of the first import that is out of order. */
  readonly line: number;
  readonly message: string;
  /** With the imports in order; absent where moving them could change what the program does or lose a comment. */
  readonly text?: string;
}

const groupNames = ["Node's own modules", "packages", "parent folders", "this folder"] as const;

/** Undefined: in order, or nothing to say (a file that does not parse, one without imports). */
export async function orderImports(path: string, text: string): Promise<ImportOrder | undefined> {
  const { parseSync } = await import("oxc-parser");
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) return undefined;
  const block: { start: number; end: number; group: number; source: string; isSideEffect: boolean }[] = [];
  for (const node of program.body) {
    if (node.type === "ExpressionStatement" && block.length === 0) continue;
    if (node.type !== "ImportDeclaration") break;
    block.push({
      start: node.start,
      end: node.end,
      group: groupOf(node.source.value),
      source: node.source.value,
      isSideEffect: node.specifiers.length === 0,
    });
  }
  let highest = -1;
  const wrong = block.find(({ group, isSideEffect }) => {
    if (isSideEffect) return false;
    if (group < highest) return true;
    highest = group;
    return false;
  });
  if (wrong === undefined) return undefined;
  const line = text.slice(0, wrong.start).split("\n").length;
  const message = `${wrong.source} (${groupNames[wrong.group] ?? ""}) is imported after ${groupNames[highest] ?? ""}`;
  const first = block[0];
  const last = block.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const gaps = block.slice(1).map(({ start }, index) => text.slice(block[index]?.end ?? start, start));
  const isPlain = gaps.every((gap) => /^\s*$/.test(gap)) && block.every(({ isSideEffect }) => !isSideEffect);
  // A comment behind the last import would end up behind another one.
  const rest = text.slice(last.end, text.indexOf("\n", last.end) < 0 ? undefined : text.indexOf("\n", last.end));
  if (!isPlain || rest.trim() !== "") return { line, message };
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const isSpaced = gaps.some((gap) => gap.split("\n").length > 2);
  const groups = groupNames
    .map((_, group) =>
      block
        .filter((one) => one.group === group)
        .map(({ start, end }) => text.slice(start, end))
        .join(newline),
    )
    .filter((one) => one !== "");
  const ordered = groups.join(isSpaced ? newline + newline : newline);
  return { line, message, text: text.slice(0, first.start) + ordered + text.slice(last.end) };
}

function groupOf(source: string): number {
  if (isBuiltin(source)) return 0;
  if (source === ".." || source.startsWith("../")) return 2;
  return source === "." || source.startsWith("./") ? 3 : 1;
}
