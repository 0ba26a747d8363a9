/** Reads the flat XML of checkstyle and cppcheck: elements and attributes, strictly, because half a report is none. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
}

/** Throws on anything that is not one complete document. Text content is passed over: these tools put none there. */
export function readXml(tool: string, text: string): XmlElement {
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[] }[] = [];
  let root: XmlElement | undefined;
  // A declaration or comment, or a tag with quoted attributes; `>` may stand inside the quotes.
  const markup =
    /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/gy;
  let position = 0;
  for (;;) {
    const next = text.indexOf("<", position);
    if (next === -1) break;
    if (root !== undefined && open.length === 0 && text.slice(position, next).trim() !== "") throw broken(tool, text);
    markup.lastIndex = next;
    const match = markup.exec(text);
    if (match === null) throw broken(tool, text);
    position = markup.lastIndex;
    const [, closing, name, attributes, empty] = match;
    if (name === undefined) continue;
    if (closing === "/") {
      const element = open.pop();
      if (element?.name !== name) throw broken(tool, text);
      continue;
    }
    if (root !== undefined && open.length === 0) throw broken(tool, text);
    const element = { name, attributes: readAttributes(attributes ?? ""), children: [] };
    open.at(-1)?.children.push(element);
    root ??= element;
    if (empty !== "/") open.push(element);
  }
  if (root === undefined || open.length > 0 || text.slice(position).trim() !== "") throw broken(tool, text);
  return root;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = "", double, single] of text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes[name] = unescapeXml(double ?? single ?? "");
  }
  return attributes;
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (hex !== undefined || decimal !== undefined) {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }
    return named[name] ?? whole;
  });
}

function broken(tool: string, text: string): Error {
  const trimmed = text.trim();
  return new Error(
    trimmed === ""
      ? `${tool} printed no report`
      : `${tool} did not print a complete XML report: ${trimmed.slice(0, 200)}`,
  );
}
