// Runs on a bare clone, before anything is installed: plain JavaScript, and nothing but Node's own modules.
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

/** The versions that Warren's packages run on: 20.19 and later, 22.12 and later, 24 and later. */
function nodeFits(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
}

if (!nodeFits(process.versions.node)) {
  console.error(
    `\nWarren can't start: it needs Node.js 20.19 or newer (20, 22 or 24), and this is ${process.versions.node}: install a newer one from https://nodejs.org/ and start again.\n`,
  );
  process.exit(1);
}

process.env.NEXT_TELEMETRY_DISABLED = "1";
const [command = "start", ...rest] = process.argv.slice(2);
const { SetupFailure } = await import("./setup/run.mjs");
try {
  await main(command, rest);
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  console.error(`\nWarren can't start: ${error.message}\n`);
  process.exit(1);
}

async function main(name, args) {
  const { install } = await import("./setup/install.mjs");
  const { generateClient } = await import("./setup/generate.mjs");
  await install(root);
  await generateClient(root);
  switch (name) {
    case "start":
      await build();
      return runTypeScript("bin/start.ts", (program) => program.start(false));
    case "dev":
      return runTypeScript("bin/start.ts", (program) => program.start(true));
    case "web":
      await build();
      process.env.NODE_ENV = "production";
      return runTypeScript("bin/web.ts");
    case "broker":
    case "migrate":
    case "postgres":
      return runTypeScript(`bin/${name}.ts`);
    case "build":
      return build();
    case "test":
    case "check":
    case "e2e":
      return runTypeScript("bin/test.ts", (program) => program.run(name, args));
    case "bench":
      return runTypeScript("bench/start.ts", (program) => program.start(args));
    case "soak":
      return runTypeScript("test/soak/run.ts", (program) => program.run(args));
    case "setup":
      return;
    default:
      console.error(
        `There is no command ${name}: use start, dev, web, broker, postgres, migrate, build, test, check, e2e, bench or soak.`,
      );
      process.exit(2);
  }
}

async function build() {
  const { buildConsole } = await import("./setup/build.mjs");
  await buildConsole(root);
}

/** Loads a program of the project's in this process, so that signals and exit codes need no passing on. */
async function runTypeScript(file, run = () => {}) {
  const tsx = path.join(root, "node_modules/tsx/dist/esm/api/index.mjs");
  if (!existsSync(tsx))
    throw new SetupFailure("the packages aren't installed whole: remove node_modules and start again.");
  const { register } = await import(pathToFileURL(tsx).href);
  register();
  await run(await import(pathToFileURL(path.join(root, file)).href));
}
