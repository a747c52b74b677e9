import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { requireWritable, runStep, SetupFailure } from "./run.mjs";

/** Installs exactly what package-lock.json says, unless it is there already. */
export async function install(root) {
  if (isInstalled(root)) return;
  requireWritable(root);
  await runStep("Installing packages (npm ci)", [
    npmProgram(),
    "ci",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    // No package's own script is needed: what they would do is done here, the same with every npm.
    "--ignore-scripts",
  ]);
  if (!isInstalled(root))
    throw new SetupFailure("npm ci didn't install all packages: remove node_modules and start again.");
}

/** Compares the lockfile with npm's own record of what lies in node_modules. */
function isInstalled(root) {
  const record = path.join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const wanted = packagesOf(path.join(root, "package-lock.json"));
  const present = packagesOf(record);
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === "") return true;
    const installed = present[name];
    if (installed === undefined) return entry.optional === true && !isForThisMachine(entry);
    return installed.version === entry.version && installed.integrity === entry.integrity;
  });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}

/** Whether an optional package is one that this operating system and processor need. */
function isForThisMachine({ os, cpu, libc }) {
  if (os === undefined || cpu === undefined || libc !== undefined) return false;
  return os.includes(process.platform) && cpu.includes(process.arch);
}

/** The npm that runs this, else the one beside this Node. */
function npmProgram() {
  const running = process.env.npm_execpath ?? "";
  if (path.basename(running) === "npm-cli.js") return running;
  const prefix = path.dirname(path.dirname(process.execPath));
  const places = [path.join(prefix, "lib/node_modules/npm/bin/npm-cli.js"), "/usr/share/nodejs/npm/bin/npm-cli.js"];
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new SetupFailure("npm isn't installed beside this Node: run `npm start`, or `npm ci` first.");
  return found;
}
