/** A React component's props, read from the syntax of its module: types, comments, defaults. */
import { StepFailed } from "../../model/action.ts";
import { parseModule } from "./module-syntax.ts";

export interface Prop {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly fallback: string | undefined;
  readonly comment: string;
}

/** ESTree with TypeScript, as far as it is looked at. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Component {
  readonly name: string;
  readonly parameter: Node | undefined;
}

export async function readProps(
  path: string,
  text: string,
  wanted: string | undefined,
): Promise<{ readonly component: string; readonly props: readonly Prop[] }> {
  const parsed = await parseModule(path, text);
  const statements = (parsed.program.body as unknown as readonly Node[]).map(declared);
  const components = statements.flatMap(componentsOf);
  const component = choose(components, wanted, path);
  const types = new Map(
    statements
      .filter(({ type }) => type === "TSInterfaceDeclaration" || type === "TSTypeAliasDeclaration")
      .map((node) => [nameOf(node["id"]), node]),
  );
  const annotation = typeOfParameter(component.parameter);
  const source = annotation ?? types.get(`${component.name}Props`);
  if (source === undefined) {
    throw new StepFailed(`${path}: ${component.name} has no type of its props; give its parameter a type`);
  }
  const defaults = defaultsOf(component.parameter, text);
  const comments = parsed.comments as unknown as readonly Node[];
  const props = membersOf(source, types, path, new Set()).map((member): Prop => {
    const name = nameOf(member["key"]);
    const given = member["typeAnnotation"] as Node | null | undefined;
    const type = given === null || given === undefined ? undefined : (given["typeAnnotation"] as Node | undefined);
    return {
      name,
      type:
        member.type === "TSMethodSignature"
          ? "function"
          : type === undefined
            ? "any"
            : text.slice(type.start, type.end),
      isRequired: member["optional"] !== true,
      fallback: defaults.get(name),
      comment: commentBefore(member, comments, text),
    };
  });
  return { component: component.name, props };
}

/** What an export statement declares, or the statement itself. */
function declared(node: Node): Node {
  if (node.type !== "ExportNamedDeclaration" && node.type !== "ExportDefaultDeclaration") return node;
  return (node["declaration"] as Node | null) ?? node;
}

function componentsOf(node: Node): Component[] {
  if (node.type === "FunctionDeclaration" && isComponentName(nameOf(node["id"]))) {
    return [{ name: nameOf(node["id"]), parameter: (node["params"] as readonly Node[])[0] }];
  }
  if (node.type !== "VariableDeclaration") return [];
  return (node["declarations"] as readonly Node[]).flatMap((declarator) => {
    const name = nameOf(declarator["id"]);
    const made = functionIn(declarator["init"] as Node | null | undefined);
    return made === undefined || !isComponentName(name)
      ? []
      : [{ name, parameter: (made["params"] as readonly Node[])[0] }];
  });
}

/** The function itself, or the one inside `memo(…)`, `forwardRef(…)`. */
function functionIn(node: Node | null | undefined): Node | undefined {
  if (node === null || node === undefined) return undefined;
  if (node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression") return node;
  return node.type === "CallExpression" ? functionIn((node["arguments"] as readonly Node[])[0]) : undefined;
}

function choose(components: readonly Component[], wanted: string | undefined, path: string): Component {
  const names = components.map(({ name }) => name);
  if (wanted !== undefined) {
    const found = components.find(({ name }) => name === wanted);
    if (found === undefined)
      throw new StepFailed(`${path} has no component ${wanted}; it has ${names.join(", ") || "none"}`);
    return found;
  }
  const [only] = components;
  if (only === undefined) throw new StepFailed(`${path} has no component: a function with a capital letter`);
  if (components.length > 1) throw new StepFailed(`${path} has several components; name one of ${names.join(", ")}`);
  return only;
}

function typeOfParameter(parameter: Node | undefined): Node | undefined {
  const annotation = parameter?.["typeAnnotation"] as Node | null | undefined;
  return annotation === null || annotation === undefined ? undefined : (annotation["typeAnnotation"] as Node);
}

/** Members of a type literal, an interface with what it extends here, an intersection. Foreign types have none here. */
function membersOf(node: Node, types: ReadonlyMap<string, Node>, path: string, seen: Set<Node>): Node[] {
  if (seen.has(node)) return [];
  seen.add(node);
  const follow = (next: Node | undefined): Node[] => (next === undefined ? [] : membersOf(next, types, path, seen));
  switch (node.type) {
    case "TSTypeLiteral":
      return (node["members"] as readonly Node[]).filter(isProperty);
    case "TSInterfaceDeclaration": {
      const parents = (node["extends"] as readonly Node[]).flatMap((parent) =>
        follow(types.get(nameOf(parent["expression"]))),
      );
      return [...parents, ...((node["body"] as Node)["body"] as readonly Node[]).filter(isProperty)];
    }
    case "TSTypeAliasDeclaration":
      return follow(node["typeAnnotation"] as Node);
    case "TSIntersectionType":
      return (node["types"] as readonly Node[]).flatMap(follow);
    case "TSTypeReference": {
      const name = nameOf(node["typeName"]);
      const inner = (node["typeArguments"] as Node | null | undefined)?.["params"] as readonly Node[] | undefined;
      if (/^(?:Readonly|PropsWithChildren|Partial|Required)$/.test(name)) return (inner ?? []).flatMap(follow);
      return follow(types.get(name));
    }
    default:
      return [];
  }
}

function isProperty(node: Node): boolean {
  return node.type === "TSPropertySignature" || node.type === "TSMethodSignature";
}

function defaultsOf(parameter: Node | undefined, text: string): Map<string, string> {
  const defaults = new Map<string, string>();
  if (parameter?.type !== "ObjectPattern") return defaults;
  for (const property of parameter["properties"] as readonly Node[]) {
    const value = property["value"] as Node | undefined;
    if (property.type !== "Property" || value?.type !== "AssignmentPattern") continue;
    const right = value["right"] as Node;
    defaults.set(nameOf(property["key"]), text.slice(right.start, right.end));
  }
  return defaults;
}

/** The JSDoc or line comments right before a member. */
function commentBefore(member: Node, comments: readonly Node[], text: string): string {
  const lines: string[] = [];
  let end = member.start;
  for (const comment of comments.filter((one) => one.end <= member.start).reverse()) {
    const gap = text.slice(comment.end, end);
    // Behind another member on its own line it is about that one.
    const before = text.slice(text.lastIndexOf("\n", comment.start - 1) + 1, comment.start);
    if (gap.trim() !== "" || before.trim() !== "" || /\n\s*\n/.test(gap)) break;
    lines.unshift(
      String(comment["value"])
        .replace(/^\*/, "")
        .replace(/^[ \t]*\*[ \t]?/gm, "")
        .replace(/@\w[\s\S]*$/, "")
        .trim(),
    );
    end = comment.start;
    if (comment["type"] === "Block") break;
  }
  return lines.filter((line) => line !== "").join(" ");
}

function isComponentName(name: string): boolean {
  return /^[A-Z]/.test(name);
}

function nameOf(node: unknown): string {
  const named = node as { readonly name?: unknown; readonly value?: unknown } | null | undefined;
  return typeof named?.name === "string" ? named.name : typeof named?.value === "string" ? named.value : "";
}
