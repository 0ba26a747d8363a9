/** Package registries on this machine, in the formats that real package managers read. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { onTestFinished } from "vitest";

function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "codeflow-registry-"));
}

/** Until the end of the test. */
function temporaryFolder(): string {
  const folder = emptyFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A gzipped tar file of these files, below a folder. */
function tarball(folder: string, files: Readonly<Record<string, string>>): Buffer {
  const at = emptyFolder();
  try {
    for (const [path, text] of Object.entries(files)) put(join(at, folder, path), text);
    const packed = join(at, "packed.tgz");
    const { status, stderr } = spawnSync("tar", ["-czf", packed, "-C", at, folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return readFileSync(packed);
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

/** A zip file of these files, not compressed. */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(content.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(name.length, 22);
    local.push(Buffer.from("PK\x03\x04", "latin1"), about, name, content);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), about, place, name);
    offset += 4 + about.length + name.length + content.length;
  }
  const index = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, index, end]);
}

/** npm's registry on loopback; its address. It has what `packages` says at the time: versions may be added. */
export async function npmRegistry(packages: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const tarballs = new Map<string, Buffer>();
  const packed = (name: string, version: string): Buffer => {
    const path = `/${name}/-/${name}-${version}.tgz`;
    const known = tarballs.get(path) ?? pack(name, version);
    tarballs.set(path, known);
    return known;
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", url);
    const known = tarballs.get(pathname);
    const name = decodeURIComponent(pathname.slice(1));
    const versions = packages[name];
    if (known !== undefined) response.end(known);
    else if (versions === undefined) response.writeHead(404).end("{}");
    else {
      const facts = versions.map((version) => {
        const path = `/${name}/-/${name}-${version}.tgz`;
        const content = packed(name, version);
        const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
        const shasum = createHash("sha1").update(content).digest("hex");
        return [version, { name, version, dist: { tarball: `${url}${path}`, integrity, shasum } }] as const;
      });
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          name,
          "dist-tags": { latest: versions.at(-1) },
          versions: Object.fromEntries(facts),
          // pnpm looks at the age of what it installs.
          time: Object.fromEntries(versions.map((version) => [version, "2024-01-01T00:00:00.000Z"])),
        }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}

function pack(name: string, version: string): Buffer {
  return tarball("package", {
    "package.json": JSON.stringify({ name, version }),
    "index.js": `module.exports = ${JSON.stringify(version)};\n`,
  });
}

/** A Go module proxy in a folder: https://go.dev/ref/mod#goproxy-protocol */
export function goProxy(module: string, versions: readonly string[]): string {
  const folder = temporaryFolder();
  const at = join(folder, module, "@v");
  const name = module.slice(module.lastIndexOf("/") + 1);
  for (const version of versions) {
    const manifest = `module ${module}\n\ngo 1.18\n`;
    const source = `package ${name}\n\nfunc Version() string { return "${version}" }\n`;
    put(join(at, `${version}.info`), JSON.stringify({ Version: version, Time: "2024-01-01T00:00:00Z" }));
    put(join(at, `${version}.mod`), manifest);
    const root = `${module}@${version}`;
    put(join(at, `${version}.zip`), zip({ [`${root}/go.mod`]: manifest, [`${root}/${name}.go`]: source }));
  }
  put(join(at, "list"), `${versions.join("\n")}\n`);
  return `file://${folder}`;
}

/** https://doc.rust-lang.org/cargo/reference/source-replacement.html#local-registry-sources */
export function cargoRegistry(name: string, versions: readonly string[]): string {
  const folder = temporaryFolder();
  const index = versions.map((version) => {
    const manifest = `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n`;
    const source = `pub fn version() -> &'static str { "${version}" }\n`;
    const crate = tarball(`${name}-${version}`, { "Cargo.toml": manifest, "src/lib.rs": source });
    put(join(folder, `${name}-${version}.crate`), crate);
    const cksum = createHash("sha256").update(crate).digest("hex");
    return JSON.stringify({ name, vers: version, deps: [], cksum, features: {}, yanked: false });
  });
  put(join(folder, "index", name.slice(0, 2), name.slice(2, 4), name), `${index.join("\n")}\n`);
  return folder;
}

/** https://getcomposer.org/doc/05-repositories.md#artifact */
export function composerArtifacts(name: string, versions: readonly string[]): string {
  const folder = temporaryFolder();
  for (const version of versions) {
    const manifest = JSON.stringify({ name, version, type: "library" });
    put(join(folder, `${name.replace("/", "-")}-${version}.zip`), zip({ "composer.json": manifest }));
  }
  return folder;
}
