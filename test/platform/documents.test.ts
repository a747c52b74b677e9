import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const files = ["app", "bench", "bin", "components", "docs", "e2e", "lib", "prisma", "test"].flatMap(filesIn);
const documents = ["README.md", ...files.filter((file) => /^docs\/.*\.md$/.test(file))];
const folders = new Set(files.flatMap(foldersAbove));

/** What the documents say of where things are is so. */
describe("documents", () => {
  test.each(documents)("what %s links to is there", (document) => {
    const links = [...readFileSync(document, "utf8").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, to]) => to ?? "",
    );
    const gone = links.filter(
      (to) => !/^[a-z]+:/.test(to) && !existsSync(path.join(path.dirname(document), decodeURI(to))),
    );
    expect(gone).toEqual([]);
  });

  test("each place and test that docs/features.md names is there", () => {
    const gone: string[] = [];
    for (const line of readFileSync("docs/features.md", "utf8").split("\n")) {
      if (!line.startsWith("| ")) continue;
      // The cells "where" and "shown by"; a bare name lies in the folder of the path before it.
      for (const cell of line.split(" | ").slice(3)) gone.push(...missingOf(cell));
    }
    expect(gone).toEqual([]);
  });

  test("no two decisions have one number", () => {
    const numbers = files.flatMap((file) => /^docs\/decisions\/(\d{4})-/.exec(file)?.[1] ?? []);
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  });
});

/** Paths in a cell that lead nowhere. */
function missingOf(cell: string): string[] {
  const missing: string[] = [];
  let folder = "";
  for (const [, quoted = ""] of cell.matchAll(/`([^`]+)`/g)) {
    const name = quoted.replace(/\/$/, "");
    if (!name.includes("/") && !/\.(tsx?|mjs|sql|py)$/.test(name)) continue;
    const found = [name, path.posix.join(folder, name)].find(isThere);
    if (found === undefined) missing.push(quoted);
    else folder = folders.has(found) ? found : path.posix.dirname(found);
  }
  return missing;
}

/** Whether there is such a file or folder; `*` stands for any part of a name. */
function isThere(name: string): boolean {
  if (folders.has(name) || files.includes(name)) return true;
  if (!name.includes("*")) return false;
  const pattern = new RegExp(`^${name.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*")}$`);
  return files.some((file) => pattern.test(file));
}

/** All files below a folder, by their paths from here. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.join(entry.parentPath, entry.name));
}

function foldersAbove(file: string): string[] {
  const parts = file.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
