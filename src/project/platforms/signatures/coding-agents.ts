/** Coding agents: their rules, their settings, and how they sign commits. */
import { file, files, people, type SignatureTable, subject, trailer } from "../signature.ts";

/** A co-author's line with this address; names are whatever the person's settings say. */
const coAuthor = (address: string) =>
  trailer(new RegExp(`^Co-authored-by: .*<${address.replaceAll(/[.+[\]]/g, "\\$&")}>$`, "im"), `co-author ${address}`);

const bot = (name: string) =>
  people(new RegExp(`(?:^|[\\s<+])${name.replaceAll(/[[\]]/g, "\\$&")}(?=[\\s@]|$)`, "m"), `commits by ${name}`);

export const codingAgents: SignatureTable = {
  kind: "coding-agent",
  rows: [
    {
      // For any agent that reads it: it names no vendor.
      id: "agents-md",
      name: "Coding agents (AGENTS.md)",
      signals: [file.weak("AGENTS.md")],
      evenWeak: true,
      confirmed: "RS",
    },
    {
      id: "aider",
      name: "Aider",
      signals: [
        file.definitive(".aider.conf.yml"),
        people(/^[^<\n]*\(aider\) </m, "authors marked (aider)"),
        subject(/^aider: /, "subjects that begin with aider:"),
      ],
      confirmed: "RS",
    },
    { id: "amazon-q", name: "Amazon Q Developer", signals: [file.definitive(".amazonq/rules/")], confirmed: "RS" },
    {
      id: "augment",
      name: "Augment Code",
      signals: [file.definitive(".augment/rules/"), file.definitive(".augment-guidelines")],
      confirmed: "RS",
    },
    {
      id: "claude-code",
      name: "Claude Code",
      signals: [
        file.strong("CLAUDE.md"),
        ...files([".claude/settings.json", ".claude/commands/", ".claude/agents/", ".claude/skills/"], "definitive"),
        coAuthor("noreply@anthropic.com"),
      ],
      confirmed: "C RS L",
    },
    {
      id: "cline",
      name: "Cline",
      signals: [file.definitive(".clinerules"), file.definitive(".clinerules/")],
      confirmed: "RS",
    },
    {
      id: "codex",
      name: "Codex",
      signals: [file.definitive(".codex/config.toml")],
      confirmed: "RS",
    },
    {
      id: "continue",
      name: "Continue",
      signals: files([".continue/rules/", ".continue/config.yaml", ".continue/config.json"], "definitive"),
      confirmed: "RS",
    },
    { id: "crush", name: "Crush", signals: [file.strong("CRUSH.md"), file.strong(".crush.json")], confirmed: "RS" },
    {
      id: "cursor",
      name: "Cursor",
      signals: [
        ...files([".cursor/rules/", ".cursorrules", ".cursor/environment.json", ".cursor/mcp.json"], "definitive"),
        coAuthor("cursoragent@cursor.com"),
        people(/<cursoragent@cursor\.com>/, "commits by Cursor's agent"),
      ],
      confirmed: "C I RS L S",
    },
    {
      id: "devin",
      name: "Devin",
      signals: [file.definitive(".devin/"), bot("devin-ai-integration[bot]")],
      confirmed: "RS",
    },
    { id: "factory", name: "Factory Droid", signals: [file.definitive(".factory/")], confirmed: "RS" },
    {
      id: "gemini-cli",
      name: "Gemini CLI",
      signals: [file.strong("GEMINI.md"), file.definitive(".gemini/settings.json")],
      confirmed: "RS",
    },
    {
      id: "github-copilot",
      name: "GitHub Copilot",
      signals: [
        file.definitive(".github/copilot-instructions.md", { where: "root" }),
        file.definitive(".github/instructions/*.instructions.md", { where: "root" }),
        coAuthor("198982749+Copilot@users.noreply.github.com"),
        people(/<198982749\+copilot@users\.noreply\.github\.com>/i, "commits by Copilot"),
      ],
      confirmed: "RS",
    },
    { id: "goose", name: "Goose", signals: [file.definitive(".goosehints")], confirmed: "RS" },
    { id: "jules", name: "Jules", signals: [bot("google-labs-jules[bot]")], confirmed: "RS" },
    { id: "junie", name: "Junie", signals: [file.definitive(".junie/guidelines.md")], confirmed: "RS" },
    { id: "kilo-code", name: "Kilo Code", signals: [file.definitive(".kilocode/")], confirmed: "RS" },
    {
      id: "kiro",
      name: "Kiro",
      signals: [file.definitive(".kiro/steering/"), file.definitive(".kiro/specs/")],
      confirmed: "RS",
    },
    {
      id: "opencode",
      name: "opencode",
      signals: [...files(["opencode.json", "opencode.jsonc"], "strong"), file.definitive(".opencode/")],
      confirmed: "RS",
    },
    { id: "openhands", name: "OpenHands", signals: [file.definitive(".openhands/microagents/")], confirmed: "RS" },
    {
      id: "qwen-code",
      name: "Qwen Code",
      signals: [file.strong("QWEN.md"), file.definitive(".qwen/")],
      confirmed: "RS",
    },
    {
      id: "roo-code",
      name: "Roo Code",
      signals: [file.definitive(".roo/rules/"), file.definitive(".roomodes")],
      confirmed: "RS",
    },
    { id: "trae", name: "Trae", signals: [file.definitive(".trae/rules/")], confirmed: "RS" },
    { id: "warp", name: "Warp", signals: [file.strong("WARP.md")], confirmed: "RS" },
    {
      id: "windsurf",
      name: "Windsurf",
      signals: files([".windsurf/rules/", ".windsurfrules", ".windsurf/mcp_config.json"], "definitive"),
      confirmed: "RS",
    },
    {
      // `.rules` alone could be anybody's.
      id: "zed",
      name: "Zed",
      signals: [file.strong(".zed/settings.json")],
      confirmed: "RS",
    },
  ],
};
