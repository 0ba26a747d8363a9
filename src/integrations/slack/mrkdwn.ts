/** Markdown as Slack writes it (mrkdwn), with everything escaped that Slack would act upon. Pure. */

/** In texts only these three are replaced: https://docs.slack.dev/messaging/formatting-message-text */
export function escapeText(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // Some clients turn these words into mentions of everybody; a space without width keeps them words.
  return escaped.replace(/@(?=(?:here|channel|everyone|group)\b)/gi, "@\u200B");
}

/** Code, an escaped character, an image or link, an address, bold, struck, and emphasis, in this order. */
const inline =
  /(`+)(.+?)\1(?!`)|\\([!-/:-@[-`{-~])|!?\[((?:[^\]\\]|\\.)*)\]\(<?(\S+?)>?(?:\s+"[^"]*")?\)|<(https?:\/\/[^\s<>|]+)>|(\*\*|__)(?=\S)(.+?\S|\S)\7|~~(?=\S)(.+?)~~|(?<![\w*])\*(?=[^\s*])([^*]+?)\*(?!\w)|(?<!\w)_(?=[^\s_])([^_]+?)_(?!\w)/g;

function inlineText(text: string): string {
  let out = "";
  let from = 0;
  for (const match of text.matchAll(inline)) {
    out += escapeText(text.slice(from, match.index));
    from = match.index + match[0].length;
    const [, , code, escaped, label, address, bare, , bold, struck, star, underscore] = match;
    const emphasis = star ?? underscore;
    if (code !== undefined) out += `\`${escapeText(code.trim()).replaceAll("`", "'")}\``;
    else if (escaped !== undefined) out += escapeText(escaped);
    else if (address !== undefined) out += link(address, label ?? "");
    else if (bare !== undefined) out += link(bare, bare);
    else if (bold !== undefined) out += `*${inlineText(bold)}*`;
    else if (struck !== undefined) out += `~${inlineText(struck)}~`;
    else if (emphasis !== undefined) out += `_${inlineText(emphasis)}_`;
  }
  return out + escapeText(text.slice(from));
}

/** Longer addresses would not fit into a text beside anything else. */
const maxAddress = 2_000;

function link(address: string, label: string): string {
  const text = escapeText(label.replace(/\\(.)/g, "$1").replaceAll("|", "/"));
  const url = URL.parse(address);
  if (url === null || !/^(https?|mailto):$/.test(url.protocol) || url.href.length > maxAddress) return text;
  const target = url.href.replaceAll("&", "&amp;").replaceAll("|", "%7C").replaceAll("<", "%3C").replaceAll(">", "%3E");
  return text === "" ? `<${target}>` : `<${target}|${text}>`;
}

export function toMrkdwn(markdown: string): string {
  const out: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.replaceAll("\r\n", "\n").split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      const isEnd = mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length;
      out.push(isEnd ? "```" : escapeText(line).replaceAll("```", "'''"));
      if (isEnd) fence = undefined;
    } else if (mark !== undefined) {
      fence = mark;
      out.push("```");
    } else if (!/^\s*<!--.*-->\s*$/.test(line)) out.push(blockLine(line));
  }
  if (fence !== undefined) out.push("```");
  return out
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function blockLine(line: string): string {
  const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
  if (heading !== undefined) return heading === "" ? "" : `*${inlineText(heading).replaceAll("*", "")}*`;
  const quote = /^ {0,3}>\s?(.*)$/.exec(line)?.[1];
  if (quote !== undefined) return `> ${inlineText(quote)}`;
  const item = /^(\s*)[-*+]\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(line);
  if (item === null) return inlineText(line);
  const [, indent = "", box, text = ""] = item;
  return `${indent}${box === undefined ? "•" : box === " " ? "☐" : "☑"} ${inlineText(text)}`;
}

/** Links, entities and code fences are never cut in two. */
const piece = /<[^>\n]*>|&(?:amp|lt|gt);|```\n?|\s+|[^\s<&`]{1,200}|[\s\S]/gu;

/** Texts of at most so many characters; a code block that is cut is closed and opened again. */
export function splitMrkdwn(text: string, limit: number): string[] {
  const parts: string[] = [];
  let part = "";
  let isCode = false;
  for (const [token] of text.matchAll(piece)) {
    const isFence = token.startsWith("```");
    const closing = isCode || isFence ? 4 : 0;
    if (part.length + token.length + closing > limit && part.trim() !== "") {
      parts.push(isCode ? `${part.trimEnd()}\n\`\`\`` : part.trim());
      part = isCode && !isFence ? "```\n" : "";
      if (isCode && isFence) {
        isCode = false;
        continue;
      }
    }
    part += token;
    if (isFence) isCode = !isCode;
  }
  if (part.trim() !== "") parts.push(part.trim());
  return parts;
}
