/** Node ids: opaque to clients, stable, and readable back by this server. */

export type NodeKind =
  | "BOT"
  | "CR"
  | "CS"
  | "IC"
  | "I"
  | "LA"
  | "MDEx"
  | "MI"
  | "O"
  | "PR"
  | "PRR"
  | "PRRC"
  | "PRRT"
  | "R"
  | "RE"
  | "REA"
  | "SC"
  | "U"
  | "WFR";

export function nodeId(kind: NodeKind, id: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(id));
  return `${kind}_kwDO${bytes.toString("base64url")}`;
}

export function parseNodeId(text: string): { readonly kind: string; readonly id: number } | undefined {
  const match = /^([A-Za-z]+)_kwDO([\w-]{11})$/.exec(text);
  if (match === null) return undefined;
  const [, kind = "", encoded = ""] = match;
  return { kind, id: Number(Buffer.from(encoded, "base64url").readBigUInt64BE()) };
}
