/** Texts with `${{ }}`, evaluated by GitHub's published library in whatever contexts a test has. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

export function evaluateText(text: string, contexts: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_whole, expression: string) => {
    const { tokens } = new Lexer(expression.trim()).lex();
    const parsed = new Parser(tokens, Object.keys(contexts), []).parse();
    const result = new Evaluator(parsed, dataOf(contexts) as data.Dictionary).evaluate();
    return result.coerceString();
  });
}

function dataOf(value: unknown): data.ExpressionData {
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value !== "object" || value === null) return new data.Null();
  const dictionary = new data.Dictionary();
  for (const [key, each] of Object.entries(value)) dictionary.add(key, dataOf(each));
  return dictionary;
}
