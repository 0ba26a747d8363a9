/** Manifests in JSON: package.json, composer.json. */
import type { DeclaredDependency, Manifest } from "../manifest.ts";
import type { Ecosystem } from "../signature.ts";

export function parsePackageJson(text: string): Manifest {
  const root = objectOf(text);
  return {
    ...nameOf(root),
    // What others must bring along (peers) is not what this is built on.
    dependencies: [...section(root, "dependencies", "npm", false), ...section(root, "devDependencies", "npm", true)],
  };
}

export function parseComposer(text: string): Manifest {
  const root = objectOf(text);
  return {
    ...nameOf(root),
    dependencies: [...section(root, "require", "composer", false), ...section(root, "require-dev", "composer", true)],
  };
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error("it is no JSON", { cause: error });
  }
  if (!isObject(value)) throw new Error("it is no JSON object");
  return value;
}

function nameOf(root: Record<string, unknown>): { name?: string } {
  return typeof root["name"] === "string" && root["name"] !== "" ? { name: root["name"] } : {};
}

function section(
  root: Record<string, unknown>,
  key: string,
  ecosystem: Ecosystem,
  isDev: boolean,
): DeclaredDependency[] {
  const value = root[key];
  return isObject(value) ? Object.keys(value).map((name) => ({ ecosystem, name, isDev, section: key })) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
