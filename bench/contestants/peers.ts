import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Imports another version of a peer than the one that Warren brings: those that need a newer Node can't be among its
 * dependencies.
 * @param folder where it was installed with npm
 * @throws when it isn't there, or doesn't run on this Node
 */
export async function importPeer<Module>(folder: string, name: string): Promise<Module> {
  const file = createRequire(path.resolve(folder, "package.json")).resolve(name);
  return (await import(pathToFileURL(file).href)) as Module;
}

/** The version of a peer in that folder; without a folder, the one that Warren brings. */
export function peerVersion(folder: string | null, name: string): string {
  const manifest = path.resolve(folder ?? ".", "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
