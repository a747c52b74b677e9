import { parse } from "pg-connection-string";
import { expect, test } from "vitest";
import { localUrl, socketDirectoryOf, socketSetting } from "@/lib/platform/postgres/address";

/** A directory whose socket `<directory>/socket/.s.PGSQL.65535` has a path of so many bytes. */
function directoryFor(bytes: number): string {
  return `/${"d".repeat(bytes - "/socket/.s.PGSQL.65535".length - 1)}`;
}

test.each([
  ["linux", 107, true],
  ["linux", 108, false],
  ["darwin", 103, true],
  ["darwin", 104, false],
  ["win32", 40, false],
] as const)("on %s a socket whose path has %i bytes can be had: %s", (platform, bytes, possible) => {
  const directory = directoryFor(bytes);
  expect(socketDirectoryOf(directory, platform)).toBe(possible ? `${directory}/socket` : null);
});

test("the length of the path is counted in bytes", () => {
  const directory = directoryFor(107);
  expect(socketDirectoryOf(`${directory.slice(0, -1)}ü`, "linux")).toBe(null);
});

test("without a socket the URL is that of TCP", () => {
  const address = { port: 5433, socketDirectory: null };
  expect(localUrl("warren", "a/b", address, "warren")).toBe("postgresql://warren:a%2Fb@127.0.0.1:5433/warren");
});

test("with a socket the driver takes that, whatever its directory is called", () => {
  const socketDirectory = '/srv/it\'s 100% "ü", & a+b?#@/socket';
  const url = localUrl("warren", "secret", { port: 5433, socketDirectory }, "warren");
  expect(parse(url)).toMatchObject({ host: socketDirectory, port: "5433", user: "warren", database: "warren" });
  expect(new URL(url).searchParams.get("host")).toBe(socketDirectory);
});

test("the setting is a list of one name", () => {
  expect([socketSetting(null), socketSetting('/a b,"c"/socket')]).toEqual(["", '"/a b,""c""/socket"']);
});
