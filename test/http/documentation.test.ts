import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { endpoints } from "@/lib/http/endpoints/table";

it("docs/http-api.md has a line for each endpoint, as the table of endpoints describes it", () => {
  const lines = new Set(readFileSync("docs/http-api.md", "utf8").split("\n"));
  const missing = endpoints
    .map(({ method, path, access, summary }) => `| ${method} | \`${path}\` | ${access} | ${summary} |`)
    .filter((line) => !lines.has(line));
  expect(missing).toEqual([]);
});
