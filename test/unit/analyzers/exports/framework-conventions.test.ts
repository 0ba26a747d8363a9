/** The conventions that dead exports are judged by must mean the same frameworks as `codeflow detect`. */
import { expect, test } from "vitest";
import { conventions, conventionsOf } from "../../../../src/analyzers/exports/framework-conventions.ts";
import { detectPlatforms } from "../../../../src/project/platforms/detect.ts";

/** Routers beside the framework that they belong to: the framework's own package is declared too. */
const partsOf = new Set([
  "@builder.io/qwik-city",
  "@qwik.dev/router",
  "@remix-run/node",
  "@remix-run/serve",
  "@tanstack/router-cli",
  "@tanstack/router-plugin",
  "@tanstack/router-vite-plugin",
  "@fastify/autoload",
  "expo-router",
  // Remix's successor and the framework on top of Next.js: conventions of one, names of two.
  "@remix-run/dev",
  "@remix-run/react",
  "blitz",
  "@blitzjs/next",
]);

test.each(conventions.flatMap(({ framework, packages }) => packages.map((name) => [framework, name] as const)))(
  "%s is what detection says of %s",
  async (framework, name) => {
    const manifest = JSON.stringify({ name: "x", dependencies: { [name]: "1.0.0" } });
    const { detections } = await detectPlatforms({
      paths: ["package.json"],
      read: async () => new Map([["package.json", manifest]]),
    });
    const ids = detections.filter(({ kind }) => kind === "framework").map(({ id }) => id);
    if (partsOf.has(name)) expect(ids).not.toContain(framework);
    else expect(ids).toContain(framework);
  },
);

test("a package's conventions are those of its own manifest and of the ones around it", () => {
  const of = conventionsOf(
    new Map([
      ["", { devDependencies: { typescript: "6.0.0" } }],
      ["apps/web", { dependencies: { next: "15.0.0" } }],
      ["apps/spa", { dependencies: { react: "19.0.0" } }],
    ]),
  );
  expect(of.isLoaded("apps/web/src/pages/index.tsx")).toBe(true);
  expect(of.isLoaded("apps/spa/src/pages/index.tsx")).toBe(false);
  expect(of.isRead("apps/web/lib/a.ts", "revalidate")).toBe(true);
  expect(of.isRead("apps/spa/lib/a.ts", "revalidate")).toBe(false);
  const hoisted = conventionsOf(
    new Map([
      ["", { dependencies: { next: "15.0.0" } }],
      ["apps/web", {}],
    ]),
  );
  expect(hoisted.isLoaded("apps/web/app/page.tsx")).toBe(true);
});

test("where nothing is declared anything may be loaded by its place", () => {
  const of = conventionsOf(new Map());
  expect(of.isLoaded("src/routes/index.ts")).toBe(true);
  expect(of.isRead("src/a.ts", "loader")).toBe(true);
  expect(of.isRead("src/a.ts", "anything")).toBe(false);
});
