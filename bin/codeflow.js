#!/usr/bin/env node
// Hands the process's world to src/cli. Plain old JavaScript: it must be able to say that this Node is too old.
var needed = [22, 12];
var found = process.versions.node.split(".").map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  process.stderr.write(
    "codeflow needs Node.js " +
      needed.join(".") +
      " or newer; this is " +
      process.versions.node +
      " (" +
      process.execPath +
      ").\n" +
      'Install a current one (https://nodejs.org), or run codeflow through npx in a project that has the npm package "node" as a devDependency.\n',
  );
  process.exit(2);
}

// Not imported: for an import Node would load all of fs, streams too, before the first line runs.
var fs = process.getBuiltinModule("fs");
var os = process.getBuiltinModule("os");
var manifest = JSON.parse(fs.readFileSync(new URL("../package.json", import.meta.url), "utf8"));
var argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(manifest.version + "\n");
} else {
  start();
}

async function start() {
  process.getBuiltinModule("module").enableCompileCache();
  var entry = new URL("../dist/cli.js", import.meta.url);
  if (!fs.existsSync(entry)) {
    process.stderr.write(
      "codeflow is not built: run `npm run build` in " + new URL("..", import.meta.url).pathname + "\n",
    );
    process.exit(2);
  }
  var cli = await import(entry.href);
  // However this ends: no program that was started outlives it.
  process.on("exit", cli.endPrograms);
  var interruption = new AbortController();
  var interrupt = function () {
    // A second Ctrl-C does not wait for anything.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  process.on("SIGHUP", interrupt);
  // Whoever reads our output may stop reading (`| head`): that is no error.
  process.stdout.on("error", function (error) {
    if (error.code === "EPIPE") process.exit(process.exitCode || 0);
    throw error;
  });
  var code = await cli.main({
    argv: argv,
    version: manifest.version,
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cores: os.availableParallelism(),
    signal: interruption.signal,
  });
  process.exitCode = code;
  // Idle handles (a worker's port, a database) must not keep the prompt waiting once everything is written.
  process.stdout.write("", function () {
    process.stderr.write("", function () {
      process.exit(code);
    });
  });
}
