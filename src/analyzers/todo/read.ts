/** Reads one file's TODO comments. */
import type { Range } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";

export interface Todo {
  readonly keyword: string;
  readonly text: string;
  readonly owner?: string;
  /** ISO date, when the comment sets one for its work. */
  readonly due?: string;
  /** Names an issue or a page. */
  readonly hasReference: boolean;
  readonly at: Range;
}

const keyword = /(?<![\w$"'`@.-])(?:TODO|FIXME|XXX|HACK)(?![\w$"'`-])/g;
const mostInFile = 1_000;

export function readTodos(file: SourceFile): Todo[] {
  const todos: Todo[] = [];
  let lastLine = 0;
  for (const match of file.text.matchAll(keyword)) {
    if (todos.length >= mostInFile) break;
    const { line, column } = file.position(match.index);
    if (line === lastLine) continue;
    lastLine = line;
    const text = file.line(line);
    // Such a line is generated or minified.
    if (text.length > 1_000 || !isComment(text.slice(0, column - 1))) continue;
    const rest = text.slice(column - 1 + match[0].length).replace(/\s*(?:\*\/|-->|#}|%>)\s*$/, "");
    todos.push({
      keyword: match[0],
      ...parse(rest),
      at: {
        startLine: line,
        startColumn: column,
        endLine: line,
        endColumn: column + match[0].length + rest.trimEnd().length,
      },
    });
  }
  return todos;
}

/** A comment's sign stands before it, or nothing does (inside a block comment or a docstring). */
function isComment(before: string): boolean {
  return /(?:\/\/|\/\*|#|--|<!--|\{#|<%|;|%|"""|''')[^"'`]*$/.test(before) || /^[\s*!]*$/.test(before);
}

const day = /\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/;
const dueWords = new RegExp(
  `\\b(?:by|before|until|due(?: on)?|expires?(?: on)?|after)[: ]{1,2}(${day.source})(?![\\d-])`,
  "i",
);

function parse(rest: string): Pick<Todo, "text" | "owner" | "due" | "hasReference"> {
  const bracket = /^\s?(?:\(([^)]{0,200})\)|\[([^\]]{0,200})\])/.exec(rest);
  const inside = (bracket?.[1] ?? bracket?.[2] ?? "").trim();
  const outside = rest.slice(bracket?.[0].length ?? 0).replace(/^[\s:,-]+/, "");
  const words = inside.split(/[\s,;|]+/).filter((word) => word !== "");
  const named = words.find(
    (word) => /^@?[A-Za-z][\w.-]{0,40}$/.test(word) && !/^[A-Z]+-\d+$|^(?:by|due|before|until|after|on)$/i.test(word),
  );
  const mentioned = /^@([A-Za-z][\w-]{0,38})\b/.exec(outside)?.[1];
  const owner = named?.replace(/^@/, "") ?? mentioned;
  const due =
    dueWords.exec(`${inside} ${outside.slice(0, 300)}`)?.[1] ??
    // Alone in the brackets it is a deadline; beside a name it is when that person wrote.
    (words.length === 1 && words[0] !== undefined && new RegExp(`^${day.source}$`).test(words[0])
      ? words[0]
      : undefined);
  return {
    text: outside.slice(0, 200),
    hasReference: /#\d+|https?:\/\/|\b[A-Z]{2,10}-\d+\b/.test(`${inside} ${outside}`),
    ...(owner === undefined ? {} : { owner }),
    ...(due === undefined ? {} : { due }),
  };
}
