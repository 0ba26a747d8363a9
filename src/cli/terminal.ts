/** What the terminal can do: colours, width, links. */
import type { Door } from "./door.ts";

/** NO_COLOR (any value), FORCE_COLOR (0 turns off), TERM=dumb; else colours on a terminal, and in CI logs that show them. */
export function colorOf(env: Door["env"], isTTY: boolean): boolean {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env["TERM"] === "dumb") return false;
  return isTTY || env["GITHUB_ACTIONS"] === "true" || env["GITLAB_CI"] === "true";
}

/** Columns to lay text out for. */
export function widthOf(env: Door["env"], columns: number | undefined): number {
  const given = Number(env["COLUMNS"]);
  if (columns !== undefined && columns > 0) return columns;
  return Number.isInteger(given) && given >= 40 ? given : 100;
}

/** Terminals known to open OSC 8 links; others would print them as noise. */
export function linksOf(env: Door["env"], isTTY: boolean): boolean {
  if (!isTTY || env["CI"] !== undefined || env["TERM"] === "dumb") return false;
  const program = env["TERM_PROGRAM"] ?? "";
  return (
    ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"].includes(program) ||
    env["WT_SESSION"] !== undefined ||
    env["KITTY_WINDOW_ID"] !== undefined ||
    Number(env["VTE_VERSION"] ?? 0) >= 5000
  );
}
