/** Foreign names of tools and rules as parts of a rule id: lower case, digits, hyphens, dots. */

/** `@typescript-eslint/no-var` becomes `typescript-eslint-no-var`, `MagicNumberCheck` `magic-number-check`. */
export function toKebab(name: string): string {
  return (
    name
      .normalize("NFKD")
      .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
      .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "")
      .slice(0, 120)
      .replace(/[-.]+$/, "") || "unnamed"
  );
}
