/** Builds the JSON Schema of `codeflow.yml`, with every analyzer's options and rules, for editors. Imports zod when called. */
import type { ConfigurableAnalyzer } from "./known-names.ts";

type JsonObject = { [key: string]: unknown };

/** Draft 7: what the YAML language servers of editors understand. */
export async function configJsonSchema(analyzers: readonly ConfigurableAnalyzer[]): Promise<JsonObject> {
  const [{ z }, { analyzerSetting, configSchema, ruleSetting }] = await Promise.all([
    import("zod"),
    import("./schema.ts"),
  ]);
  const convert = (schema: unknown): JsonObject => {
    const { $schema: _draft, ...rest } = z.toJSONSchema(schema as import("zod").ZodType, {
      target: "draft-7",
      io: "input",
      unrepresentable: "any",
    });
    return rest as JsonObject;
  };
  const sorted = [...analyzers].sort((a, b) => (a.id < b.id ? -1 : 1));

  const ruleNames: JsonObject = {};
  for (const { id, summary } of sorted.flatMap(({ rules }) => rules).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    ruleNames[id] = { $ref: "#/definitions/ruleSetting", description: summary };
  }
  const settings: JsonObject = {};
  for (const analyzer of sorted) {
    const setting = convert(analyzerSetting);
    const properties = setting["properties"] as JsonObject;
    if (analyzer.options === undefined) delete properties["options"];
    else {
      // Options that are left out have defaults, whatever the analyzer's own schema requires of the whole.
      const { required: _required, ...options } = convert(await analyzer.options.schema());
      properties["options"] = {
        ...options,
        description: `Options of ${analyzer.id}.`,
        default: analyzer.options.defaults,
      };
    }
    settings[analyzer.id] = { ...setting, description: analyzer.summary };
  }

  const config = convert(configSchema);
  const properties = config["properties"] as Record<string, JsonObject>;
  // One map of rules serves both places where rules are set: it is by far the longest part.
  const rulesMap = {
    ...properties["rules"],
    properties: ruleNames,
    additionalProperties: { $ref: "#/definitions/ruleSetting" },
  };
  const { description, default: defaultRules, ...rulesDefinition } = rulesMap as JsonObject;
  const overrides = properties["overrides"] as JsonObject & { items: { properties: JsonObject } };
  overrides.items.properties["rules"] = { $ref: "#/definitions/rules" };
  const { additionalProperties: _any, propertyNames: _ids, ...analyzersSection } = properties["analyzers"] ?? {};

  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "CodeFlow configuration (codeflow.yml)",
    ...config,
    properties: {
      ...properties,
      rules: { allOf: [{ $ref: "#/definitions/rules" }], description, default: defaultRules },
      analyzers: { ...analyzersSection, properties: settings, additionalProperties: false },
    },
    definitions: { rules: rulesDefinition, ruleSetting: convert(ruleSetting) },
  };
}

/** The published file's exact text. */
export async function configJsonSchemaText(analyzers: readonly ConfigurableAnalyzer[]): Promise<string> {
  return `${JSON.stringify(await configJsonSchema(analyzers), undefined, 2)}\n`;
}
