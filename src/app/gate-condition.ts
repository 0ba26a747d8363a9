/** Gate conditions in one word, for the command line: `new.error=0`, `all.security<=3`, `duplication.percent<=5`. */
import { Failure } from "../model/failure.ts";
import { categories, severities } from "../model/finding.ts";
import type { GateCondition } from "../model/gate.ts";

export function parseCondition(text: string): GateCondition {
  const match = /^([\w.-]+)\s*(<=|>=|=)\s*(\d+(?:\.\d+)?)$/.exec(text.trim());
  const [, name = "", operator = "", number = ""] = match ?? [];
  if (match === null) throw unreadable(text);
  const limit = operator === ">=" ? { min: Number(number) } : { max: Number(number) };
  const [of, what, ...rest] = name.split(".");
  if (of !== "new" && of !== "all" && of !== "changed") return { metric: name, ...limit };
  if (what === undefined) return { metric: "findings", of, ...limit };
  if (rest.length > 0) throw unreadable(text);
  const severity = severities.find((one) => one === what);
  const category = categories.find((one) => one === what);
  return {
    metric: "findings",
    of,
    where: severity !== undefined ? { severity } : category !== undefined ? { category } : { analyzer: what },
    ...limit,
  };
}

function unreadable(text: string): Failure {
  return new Failure("CF303", `the gate condition ${JSON.stringify(text)} cannot be read`, {
    why: "it must be METRIC<=NUMBER, METRIC>=NUMBER or METRIC=NUMBER",
    next: "for example --gate new.error=0, --gate all.security<=3, --gate duplication.percent<=5",
  });
}
