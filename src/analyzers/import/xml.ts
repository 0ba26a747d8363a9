/** XML of foreign reports as plain objects, with nothing of XML that could do harm: no entities but the five, no DTD. */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { asObject, asObjects, asString, type Json } from "./untrusted-value.ts";

/** Throws an error whose message says what is wrong and in which line. */
export function parseXml(text: string, lists: readonly string[]): Json {
  const problem = XMLValidator.validate(text, { allowBooleanAttributes: true });
  if (problem !== true) throw new Error(`line ${problem.err.line}: ${problem.err.msg}`);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    textNodeName: "#text",
    cdataPropName: "#cdata",
    // Off: entities of a DTD can grow without bound or name files. The predefined ones are decoded here instead.
    processEntities: false,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    isArray: (name) => lists.includes(name),
  });
  return asObject(parser.parse(text)) ?? {};
}

export function attribute(element: Json | undefined, name: string): string | undefined {
  const value = asString(element?.[`@${name}`]);
  return value === undefined ? undefined : decodeEntities(value);
}

/** Text and CDATA of an element, which may also be a plain string. */
export function textOf(element: unknown): string {
  if (typeof element === "string") return decodeEntities(element);
  const object = asObject(element);
  const cdata = object?.["#cdata"];
  const parts = Array.isArray(cdata) ? cdata : [cdata];
  const own = asString(object?.["#text"]);
  return (own === undefined ? "" : decodeEntities(own)) + parts.map((part) => asString(part) ?? "").join("");
}

/** Children of a name, as objects also where they hold only text. */
export function children(element: Json | undefined, name: string): readonly Json[] {
  const value = element?.[name];
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return asObjects(list.map((item) => (typeof item === "string" ? { "#text": item } : item)));
}

const predefined: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (all, hex, decimal, name) => {
    if (typeof name === "string") return predefined[name.toLowerCase()] ?? all;
    const code = typeof hex === "string" ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code).toWellFormed();
  });
}
