/** YAML as data, without anchors that grow without bound. */
// Static on purpose: in the bundle a dynamic import of this CommonJS package has no named exports. This file is lazy.
import { parse } from "yaml";

export function parseYaml(text: string): unknown {
  return parse(text, { maxAliasCount: 100, logLevel: "silent" });
}
