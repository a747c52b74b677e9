import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inspectBody } from "@/components/body/inspect";
import { textRows } from "@/components/body/text-lines";
import { viewOf } from "@/components/body/views";
import { base64FromBytes, bytesFromBase64 } from "@/lib/format/base64";

const bytes = (input: string | Buffer | number[]) => new Uint8Array(Buffer.from(input as string));
const look = (
  input: string | Buffer | number[],
  facts: { contentType?: string; contentEncoding?: string; truncated?: boolean } = {},
) => inspectBody(bytes(input), { truncated: false, ...facts });

describe("inspectBody", () => {
  it("shows JSON as a tree, whatever its type says", async () => {
    const found = await look('{"a":1}', { contentType: "text/plain" });
    expect(viewOf(found, null)).toBe("tree");
    expect(viewOf(found, "text")).toBe("raw");
  });

  it("says where announced JSON is wrong, and shows it as text", async () => {
    const found = await look("{a:1}", { contentType: "application/json" });
    expect(found.json).toBeNull();
    expect(found.attempts.at(-1)).toMatchObject({
      what: "JSON",
      worked: false,
      result: "line 1, column 2: “a” where a name in quotes should be",
    });
    expect(viewOf(found, "tree")).toBe("text");
  });

  it("reads the beginning of JSON that was cut inside a character", async () => {
    const whole = bytes('{"name":"山田 太郎"');
    const found = await inspectBody(whole.slice(0, 11), { truncated: true });
    expect(found.exact).toBe(true);
    expect(found.json?.nodes.length).toBeGreaterThan(0);
  });

  it("unpacks gzip and deflate, named or not", async () => {
    const text = JSON.stringify({ order: 42 });
    expect((await look(gzipSync(text))).text).toBe(text);
    expect((await look(deflateSync(text), { contentEncoding: "deflate" })).text).toBe(text);
    const lie = await look(text, { contentEncoding: "gzip" });
    expect(lie.text).toBe(text);
    expect(lie.attempts[0]).toMatchObject({ what: "gzip", worked: false });
  });

  it("unpacks as much of a cut gzip as there is", async () => {
    const text = JSON.stringify(Array.from({ length: 5000 }, (_, id) => ({ id, key: `k${(id * 7919) % 5000}` })));
    const packed = gzipSync(text);
    const found = await look(packed.subarray(0, packed.length / 2), { truncated: true });
    expect(text.startsWith(found.text ?? "x")).toBe(true);
    expect(found.json?.nodes.length).toBeGreaterThan(10);
  });

  it("names the byte that isn't UTF-8", async () => {
    const found = await look([
      ...Buffer.from("a long enough text, with one wrong byte: "),
      0xff,
      ...Buffer.from(" and so on, and on, and on, and on"),
    ]);
    expect(found.exact).toBe(false);
    expect(found.text).toContain("�");
    expect(found.attempts[0]?.result).toBe("byte 41 (FF) can't stand there");
  });

  it("shows what is not text in hexadecimal, and knows some of it by its first bytes", async () => {
    const image = await look([0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa, 0, 0, 0, 0xd]);
    expect(viewOf(image, "tree")).toBe("hex");
    expect(image.attempts.at(-1)?.result).toBe("a PNG image");
    const noise = await look(Array.from({ length: 200 }, (_, at) => (at * 73) % 256));
    expect(noise.text).toBeNull();
  });

  it("takes NUL in a text for text", async () => {
    expect((await look("one\0two and more words")).text).toBe("one\0two and more words");
  });

  it("follows a charset", async () => {
    const found = await look([0xe9, 0x74, 0xe9], { contentType: "text/plain; charset=ISO-8859-1" });
    expect(found.text).toBe("été");
  });
});

describe("textRows", () => {
  it("breaks a line of a megabyte into rows and keeps every character", () => {
    const text = `${"x".repeat(1_000_000)}\r\n\n😀`;
    const rows = textRows(text);
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.filter((row) => row.line !== null).map((row) => row.line)).toEqual([1, 2, 3]);
    expect(rows.map((row) => text.slice(row.start, row.end)).join("")).toBe(text.replace("\r\n\n", ""));
  });
});

describe("base64", () => {
  it("there and back", () => {
    const all = new Uint8Array(100_000).map((_, at) => at * 31);
    expect(bytesFromBase64(base64FromBytes(all))).toEqual(all);
    expect(bytesFromBase64("not base64!")).toBeNull();
  });
});
