/** `generate.api-route`: a route of the web framework that the package uses. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { readPackage, type PackageFacts } from "./manifest.ts";
import { spell } from "./names.ts";
import { writeNewFiles } from "./new-files.ts";
import { renderTemplates, type Template } from "./templates.ts";

const frameworks = ["next-app", "next-pages", "express", "fastify", "hono"] as const;
type Framework = (typeof frameworks)[number];
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export const apiRoute = defineAction({
  id: "generate.api-route",
  summary: "Write a new API route for Next.js, Express, Fastify or Hono.",
  description:
    "The framework is read from package.json; of Next.js the folder decides (`app/` or `pages/`, also under `src/`). Routes " +
    "answer 501 until somebody writes them: nothing looks finished that is not. Existing files are never overwritten. " +
    "Templates in `.codeflow/templates/api-route/*.mustache` replace the built-in ones.\n\n" +
    "```yaml\n- uses: generate.api-route\n  with: { path: users/list, methods: [GET, POST] }\n```",
  inputs: z.strictObject({
    path: z
      .string()
      .regex(
        /^\/?:?[\w[\].-]+(?:\/:?[\w[\].-]+)*\/?$/,
        "a route's path has words, [parameters] or :parameters, and / only",
      )
      .refine((path) => !path.split("/").includes(".."), "a route's path cannot hold ..")
      .describe("Path below `/api`, e.g. `users/[id]`; a leading `/api/` is dropped."),
    methods: z.array(z.enum(methods)).min(1).default(["GET"]).describe("HTTP methods that it answers."),
    framework: z
      .enum(["auto", ...frameworks])
      .default("auto")
      .describe("`auto` looks at package.json and folders."),
    directory: z.string().default("src/routes").describe("Where routes of Express, Fastify and Hono go."),
  }),
  outputs: z.object({
    files: z.array(z.string()).describe("What was written."),
    framework: z.string().describe("What it was written for."),
    url: z.string().describe("Where it answers."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, given) {
    const route = given.path
      .replace(/^\/|\/$/g, "")
      .replace(/^api\/(?=.)/, "")
      .replace(/(^|\/):(\w+)/g, "$1[$2]");
    const facts = await readPackage(context.repo, given.directory);
    const paths = (await context.repo.files()).map(({ path }) => path);
    const framework = given.framework === "auto" ? frameworkOf(facts, paths) : given.framework;
    // Next.js names parameters of folders in brackets, the others with a colon.
    const pattern = framework.startsWith("next") ? route : route.replace(/\[(\w+)\]/g, ":$1");
    const spelled = spell(route.replace(/[^A-Za-z\d]+/g, "-").replace(/^-|-$/g, ""));
    const script = facts.isTypeScript ? "ts" : "js";
    const files = await renderTemplates(
      context.repo,
      "api-route",
      [templateOf(framework, route, script)],
      folderOf(framework, facts, paths, given.directory),
      {
        name: spelled.pascal,
        camel: spelled.camel,
        kebab: spelled.kebab,
        route,
        pattern,
        methods: [...new Set(given.methods)].map((method) => ({ method, lower: method.toLowerCase() })),
        allowed: [...new Set(given.methods)].join(", "),
        typescript: facts.isTypeScript,
        framework,
      },
    );
    return { files: await writeNewFiles(context.repo, files), framework, url: `/api/${pattern}` };
  },
});

function frameworkOf(facts: PackageFacts, paths: readonly string[]): Framework {
  if (facts.dependencies.has("next")) {
    return hasFolder(paths, facts, "app") || !hasFolder(paths, facts, "pages") ? "next-app" : "next-pages";
  }
  const found = (["express", "fastify", "hono"] as const).filter((name) => facts.dependencies.has(name));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new StepFailed(
      first === undefined
        ? `${facts.directory}package.json names none of next, express, fastify, hono; say which with \`framework\``
        : `${facts.directory}package.json names ${found.join(" and ")}; say which with \`framework\``,
    );
  }
  return first;
}

function hasFolder(paths: readonly string[], { directory }: PackageFacts, name: string): boolean {
  return paths.some((path) => path.startsWith(`${directory}${name}/`) || path.startsWith(`${directory}src/${name}/`));
}

function folderOf(framework: Framework, facts: PackageFacts, paths: readonly string[], directory: string): string {
  if (framework !== "next-app" && framework !== "next-pages") return directory;
  const root = framework === "next-app" ? "app" : "pages";
  const inSource = paths.some((path) => path.startsWith(`${facts.directory}src/${root}/`));
  return `${facts.directory}${inSource ? "src/" : ""}${root}/api`;
}

function templateOf(framework: Framework, route: string, script: string): Template {
  if (framework === "next-app") return { path: `${route}/route.${script}`, text: nextApp };
  if (framework === "next-pages") return { path: `${route}.${script}`, text: nextPages };
  return { path: `{{kebab}}.${script}`, text: { express, fastify, hono }[framework] };
}

const nextApp = `{{#methods}}
export async function {{method}}(_request{{#typescript}}: Request{{/typescript}}) {
  return Response.json({ error: "{{method}} {{route}} is not written" }, { status: 501 });
}

{{/methods}}`;

const nextPages = `{{#typescript}}import type { NextApiRequest, NextApiResponse } from "next";

export default function handler(request: NextApiRequest, response: NextApiResponse) {
{{/typescript}}{{^typescript}}export default function handler(request, response) {
{{/typescript}}  switch (request.method) {
{{#methods}}
    case "{{method}}":
      return response.status(501).json({ error: "{{method}} {{route}} is not written" });
{{/methods}}
    default:
      response.setHeader("Allow", "{{allowed}}");
      return response.status(405).end();
  }
}`;

const express = `import { Router } from "express";

export const {{camel}} = Router();

{{#methods}}
{{camel}}.{{lower}}("/api/{{pattern}}", (_request, response) => {
  response.status(501).json({ error: "{{method}} {{route}} is not written" });
});

{{/methods}}`;

const fastify = `{{#typescript}}import type { FastifyInstance } from "fastify";

export async function {{camel}}(app: FastifyInstance) {
{{/typescript}}{{^typescript}}export async function {{camel}}(app) {
{{/typescript}}{{#methods}}
  app.{{lower}}("/api/{{pattern}}", async (_request, reply) => {
    return reply.code(501).send({ error: "{{method}} {{route}} is not written" });
  });
{{/methods}}
}`;

const hono = `import { Hono } from "hono";

export const {{camel}} = new Hono();

{{#methods}}
{{camel}}.{{lower}}("/api/{{pattern}}", (context) => context.json({ error: "{{method}} {{route}} is not written" }, 501));
{{/methods}}`;
