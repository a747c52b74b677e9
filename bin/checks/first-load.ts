import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";

/** What a page may bring along before it can be used, in bytes as gzip sends them. */
const LIMIT = 200 * 1024;
const BUILD = ".next";

interface PageScripts {
  readonly entryJSFiles: Readonly<Record<string, readonly string[]>>;
}

/**
 * Adds up the JavaScript that each page of the production build loads first (Next's own, the layouts', the page's),
 * compressed, and ends with 1 when one has more than the limit. What a page fetches later by `import()` doesn't count.
 */
function checkFirstLoad(): void {
  const { rootMainFiles } = JSON.parse(readFileSync(path.join(BUILD, "build-manifest.json"), "utf8")) as {
    rootMainFiles: string[];
  };
  const pagesIn = path.join(BUILD, "server/app");
  const manifests = readdirSync(pagesIn, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page_client-reference-manifest.js")
    .map((file) => path.join(pagesIn, file));
  if (manifests.length === 0) throw new Error(`${BUILD} has no pages: run npm run build first`);
  const sizes = new Map<string, number>();
  const sizeOf = (file: string): number => {
    const known = sizes.get(file) ?? gzipSync(readFileSync(path.join(BUILD, file)), { level: 6 }).length;
    sizes.set(file, known);
    return known;
  };
  const pages = manifests.flatMap((manifest) =>
    Object.entries(scriptsOf(manifest)).map(([page, { entryJSFiles }]) => {
      const files = new Set([...rootMainFiles, ...Object.values(entryJSFiles).flat()]);
      return { page, bytes: [...files].reduce((sum, file) => sum + sizeOf(file), 0) };
    }),
  );
  pages.sort((a, b) => b.bytes - a.bytes);
  for (const { page, bytes } of pages) {
    console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KiB ${bytes > LIMIT ? "TOO MUCH" : ""} ${page}`);
  }
  if (pages.some(({ bytes }) => bytes > LIMIT)) {
    console.error(
      `A page loads more than ${LIMIT / 1024} KiB of compressed JavaScript: load parts of it later (lazy).`,
    );
    process.exitCode = 1;
  }
}

/** The manifest is a script that puts an object into a global. */
function scriptsOf(manifest: string): Record<string, PageScripts> {
  const place: { __RSC_MANIFEST?: Record<string, PageScripts> } = {};
  runInNewContext(readFileSync(manifest, "utf8"), { globalThis: place });
  return place.__RSC_MANIFEST ?? {};
}

checkFirstLoad();
