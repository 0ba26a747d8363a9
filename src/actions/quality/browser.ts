/** A Chromium of this machine, driven for actions that look at pages, and the folder of a built site served to it. */
import { mkdtemp, readFile, realpath, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, sep } from "node:path";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { type ActionContext, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { listOf, textList } from "../text-list.ts";

/** Names under which systems install it; looked for on PATH in this order. */
const executables = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
];

/** Nothing that speaks to anybody but the pages; no sandbox, which containers do not permit to root. */
const quietFlags = [
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export const pageInputs = {
  pages: textList.default(["/"]).describe("Paths below `url` or `folder`, or whole addresses."),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where the site runs."),
  folder: z.string().optional().describe("A built site, which is served on this machine while the step runs."),
  executable: z.string().optional().describe("Path of Chromium; what is on PATH unless said."),
  sandbox: z
    .boolean()
    .default(false)
    .describe("Use Chromium's sandbox. Most containers do not permit it; turn it on for pages that you do not trust."),
  "timeout-seconds": z.number().min(1).default(30).describe("For loading one page."),
};

export interface PageRequest {
  readonly pages: string | readonly string[];
  readonly url?: string | undefined;
  readonly folder?: string | undefined;
  readonly executable?: string | undefined;
  readonly sandbox: boolean;
  readonly "timeout-seconds": number;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** `1280x720`. */
export function parseViewport(text: string): Viewport {
  const [, width, height] = /^(\d{2,4})x(\d{2,5})$/.exec(text.trim()) ?? [];
  if (width === undefined || height === undefined)
    throw new StepFailed(`${JSON.stringify(text)} is no viewport; write 1280x720`);
  return { width: Number(width), height: Number(height) };
}

/** Opens each page in a fresh context and hands it on once it has loaded; everything is closed afterwards. */
export async function visitPages(
  context: ActionContext<"repo">,
  request: PageRequest,
  viewports: readonly Viewport[],
  visit: (
    page: Page,
    place: { readonly page: string; readonly url: string; readonly viewport: Viewport },
  ) => Promise<void>,
): Promise<void> {
  const pages = listOf(request.pages);
  if (pages.length === 0) throw new StepFailed("no page is named");
  if (request.url !== undefined && request.folder !== undefined) throw new StepFailed("give either `url` or `folder`");
  const isWhole = pages.every((page) => /^https?:\/\//.test(page));
  if (request.url === undefined && request.folder === undefined && !isWhole) {
    throw new StepFailed("say where the pages are: `url` of a running site, or `folder` of a built one");
  }
  const executable = await findChromium(context, request.executable);
  const home = await mkdtemp(join(tmpdir(), "codeflow-browser-"));
  const site = request.folder === undefined ? undefined : await serveFolder(context, request.folder);
  let browser: Browser | undefined;
  const stop = (): void => void browser?.close();
  try {
    const { chromium } = await loadPlaywright();
    context.signal.throwIfAborted();
    browser = await chromium.launch({
      executablePath: executable,
      args: request.sandbox ? quietFlags : [...quietFlags, "--no-sandbox"],
      chromiumSandbox: request.sandbox,
      // Never this process's own variables: what runs in pages has no business with them.
      env: { HOME: home, LANG: "C.UTF-8" },
    });
    context.signal.addEventListener("abort", stop, { once: true });
    const base = site?.url ?? request.url;
    for (const page of pages) {
      const url = new URL(page, base).href;
      for (const viewport of viewports) {
        const tab = await browser.newContext({
          viewport,
          reducedMotion: "reduce",
          deviceScaleFactor: 1,
          timezoneId: "UTC",
          locale: "en-US",
        });
        try {
          const opened = await tab.newPage();
          await open(opened, url, request["timeout-seconds"] * 1_000);
          await visit(opened, { page, url, viewport });
        } finally {
          await tab.close();
        }
      }
    }
  } finally {
    context.signal.removeEventListener("abort", stop);
    await browser?.close();
    await site?.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function open(page: Page, url: string, timeout: number): Promise<void> {
  let status: number | undefined;
  try {
    status = (await page.goto(url, { timeout, waitUntil: "load" }))?.status();
  } catch (error) {
    throw new StepFailed(`${url} did not load: ${(error as Error).message.split("\n")[0] ?? ""}`);
  }
  if (status !== undefined && status >= 400) throw new StepFailed(`${url} answered ${status}`);
  // Fonts change every pixel of text; a page that keeps connections open never becomes idle, which is no fault.
  await page.evaluate("document.fonts.ready.then(() => true)");
  await page.waitForLoadState("networkidle", { timeout: 2_000 }).catch(() => undefined);
}

async function loadPlaywright() {
  try {
    return await import("playwright-core");
  } catch (error) {
    throw new Failure("CF810", "the package playwright-core is not installed", {
      why: "Chromium is driven through it",
      next: "npm install playwright-core",
      cause: error,
    });
  }
}

/** Started once through the step's own `exec`, which refuses where nothing may be executed. */
async function findChromium({ exec, repo, signal }: ActionContext<"repo">, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    const result = await exec({ command: given, args: ["--version"], cwd: repo.root, timeoutMs: 20_000, signal });
    if (result.exitCode === 0) return given;
    throw new StepFailed(`${given} --version ended with ${result.exitCode}: it is no Chromium that runs here`);
  }
  for (const name of executables) {
    const found = await exec({
      command: "sh",
      args: ["-c", 'command -v -- "$1"', "sh", name],
      cwd: repo.root,
      timeoutMs: 20_000,
      signal,
    });
    const path = found.stdout.toString().trim();
    if (found.exitCode === 0 && path.startsWith("/")) return path;
  }
  throw new Failure("CF811", "there is no Chromium on this machine", {
    why: `none of ${executables.join(", ")} is on PATH`,
    next: "install Chromium or Chrome, or name it in `executable`",
  });
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};

/** On the loopback address only, files of that folder only. */
async function serveFolder(
  { repo }: ActionContext<"repo">,
  folder: string,
): Promise<{ url: string; close(): Promise<void> }> {
  if (folder.startsWith("/") || folder.split("/").includes(".."))
    throw new StepFailed(`${folder} leads out of the repository`);
  const root = await realpath(join(repo.root, folder)).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory())
    throw new StepFailed(`there is no folder ${folder}: build the site first`);
  const server = createServer((request, response) => void answer(root, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const file = await fileFor(root, request.url ?? "/");
    if (file === undefined) response.writeHead(404).end("not found");
    else {
      const type = types[extname(file.path).toLowerCase()] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type }).end(file.content);
    }
  } catch {
    // The page sees a failed request, and the step what became of the page.
    response.writeHead(500).end("cannot be read");
  }
}

async function fileFor(root: string, url: string): Promise<{ path: string; content: Uint8Array } | undefined> {
  let name: string;
  try {
    name = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    // An address that cannot be decoded names no file.
    return undefined;
  }
  const wanted = join(root, name);
  for (const path of [wanted, join(wanted, "index.html"), `${wanted}.html`]) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || (real !== root && !real.startsWith(root + sep)) || !(await stat(real)).isFile()) continue;
    return { path: real, content: await readFile(real) };
  }
  return undefined;
}

/** A file name for a page: `/` is `index`, `/a/b.html` is `a-b`. */
export function pageName(page: string): string {
  const path = page
    .replace(/^https?:\/\/[^/]+/, "")
    .replace(/[?#].*$/, "")
    .replace(/\.html?$/, "");
  return path.replace(/^\/+|\/+$/g, "").replace(/[^\w.-]+/g, "-") || "index";
}
