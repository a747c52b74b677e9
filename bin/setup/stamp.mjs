import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A hash of the contents of files and of folders with all that is in them; tests don't count. */
export function hashOf(root, names) {
  const hash = createHash("sha256");
  for (const name of names) addTo(hash, root, name);
  return hash.digest("hex");
}

function addTo(hash, root, name) {
  const file = path.join(root, name);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isDirectory()) {
    for (const entry of readdirSync(file).sort()) addTo(hash, root, path.join(name, entry));
  } else if (!/\.test\.tsx?$/.test(name)) {
    hash.update(`${name}\0${stats.size}\0`).update(readFileSync(file));
  }
}

/** Whether a step was done for this hash already. */
export function hasStamp(file, hash) {
  return existsSync(file) && readFileSync(file, "utf8") === hash;
}

/** Notes that a step was done for this hash. */
export function writeStamp(file, hash) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, hash);
}

/** Forgets a step before it is done again, so that an interrupted one isn't taken for done. */
export function clearStamp(file) {
  rmSync(file, { force: true });
}
