/** What a query costs at Linear: a field 0.1, an object 1, a connection times its page; https://linear.app/developers/rate-limiting */
import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  parse,
  type SelectionSetNode,
} from "graphql";

export const mostPoints = 10_000;
/** A connection without `first`. */
const usualPage = 50;

export function pointsOf(schema: GraphQLSchema, query: string, variables: Record<string, unknown>): number {
  const [operation] = parse(query).definitions;
  if (operation?.kind !== "OperationDefinition") throw new Error("one operation, please");
  const root = operation.operation === "mutation" ? schema.getMutationType() : schema.getQueryType();
  if (root === null || root === undefined) throw new Error("the schema has no such operation");
  return Math.ceil(pointsOfFields(operation.selectionSet, root));

  function pointsOfFields(set: SelectionSetNode, type: GraphQLCompositeType): number {
    let points = 0;
    for (const node of set.selections) {
      if (node.kind !== "Field" || !isObjectType(type)) throw new Error("only plain fields are counted here");
      const field = type.getFields()[node.name.value];
      if (field === undefined) throw new Error(`${type.name} has no ${node.name.value}`);
      const inner = getNamedType(field.type);
      if (node.selectionSet === undefined || !isCompositeType(inner)) {
        points += 0.1;
        continue;
      }
      const cost = pointsOfFields(node.selectionSet, inner);
      if (!inner.name.endsWith("Connection")) points += 1 + cost;
      else {
        const given = node.arguments?.find(({ name }) => name.value === "first")?.value;
        const first = given?.kind === "IntValue" ? Number(given.value) : undefined;
        const variable = given?.kind === "Variable" ? Number(variables[given.name.value]) : undefined;
        points += cost * (first ?? variable ?? usualPage);
      }
    }
    return points;
  }
}
