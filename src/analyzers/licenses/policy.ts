/** SPDX expressions against lists of allowed and denied identifiers. */
import parse, { type Info } from "spdx-expression-parse";
import satisfies from "spdx-satisfies";
import type { LicenseOptions } from "../licenses.ts";

/** Ways in which the most common licences are written where no identifier is asked for. */
const aliases: readonly (readonly [RegExp, string])[] = [
  [/^(?:the )?mit(?: licen[cs]e)?$|^mit\/x11$|^expat$/i, "MIT"],
  [
    /^(?:the )?apache(?: software)?(?: licen[cs]e)?,?(?: version|-| v)? ?2(?:\.0)?(?: licen[cs]e)?$|^asl ?2(?:\.0)?$/i,
    "Apache-2.0",
  ],
  [
    /^(?:the )?(?:new|modified|3-clause|revised) bsd(?: licen[cs]e)?$|^bsd[ -]3(?:[ -]clause)?(?: licen[cs]e)?$/i,
    "BSD-3-Clause",
  ],
  [/^(?:the )?(?:simplified|2-clause) bsd(?: licen[cs]e)?$|^bsd[ -]2(?:[ -]clause)?(?: licen[cs]e)?$/i, "BSD-2-Clause"],
  [/^isc(?: licen[cs]e)?$/i, "ISC"],
  [/^(?:the )?unlicen[cs]e$/i, "Unlicense"],
  [/^mozilla public licen[cs]e(?:,? version)? 2(?:\.0)?$|^mpl[ -]?2(?:\.0)?$/i, "MPL-2.0"],
  [/^python software foundation(?: licen[cs]e)?$|^psf(?:l| licen[cs]e)?$/i, "PSF-2.0"],
  [/^(?:gnu )?gpl ?v?3(?:\.0)?$|^gplv3$/i, "GPL-3.0-only"],
  [/^(?:gnu )?gpl ?v?3(?:\.0)?\+$|^gnu general public licen[cs]e v3 or later$/i, "GPL-3.0-or-later"],
  [/^(?:gnu )?gpl ?v?2(?:\.0)?$|^gplv2$/i, "GPL-2.0-only"],
  [/^(?:gnu )?agpl ?v?3(?:\.0)?$|^gnu affero general public licen[cs]e v3$/i, "AGPL-3.0-only"],
];

export function isLicense(text: string): boolean {
  const node = parsed(text);
  return node !== undefined && "license" in node;
}

function parsed(text: string): Info | undefined {
  // The parser recurses; no real expression is this long.
  if (text.length > 2_000) return undefined;
  const alias = aliases.find(([pattern]) => pattern.test(text.trim()))?.[1];
  try {
    return parse(alias ?? text.trim());
  } catch {
    // Not SPDX: free text.
    return undefined;
  }
}

export function judge(license: string, options: LicenseOptions): "denied" | "not-allowed" | "unlicensed" | undefined {
  if (license.trim() === "") return "unlicensed";
  const node = parsed(license);
  if (node === undefined) return options.allow.length > 0 ? "not-allowed" : undefined;
  if (options.deny.length > 0 && !everyWay(node, (one) => !isOneOf(one, options.deny))) return "denied";
  if (options.allow.length > 0 && !everyWay(node, (one) => isOneOf(one, options.allow))) return "not-allowed";
  return undefined;
}

/** One side of an OR is enough, both of an AND are needed. */
function everyWay(node: Info, isFine: (leaf: string) => boolean): boolean {
  if ("conjunction" in node) {
    const left = everyWay(node.left, isFine);
    const right = everyWay(node.right, isFine);
    return node.conjunction === "or" ? left || right : left && right;
  }
  const plus = node.plus === true ? "+" : "";
  const exception = node.exception === undefined ? "" : ` WITH ${node.exception}`;
  return isFine(`${node.license}${plus}${exception}`);
}

function isOneOf(leaf: string, list: readonly string[]): boolean {
  // An exception only ever permits more: `GPL-2.0 WITH Classpath-exception-2.0` is not what `GPL-2.0` names.
  return list.some((one) => one === leaf || satisfies(leaf, [one]));
}
