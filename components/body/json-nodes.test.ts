import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialFolds, treeRows } from "@/components/body/json-fold";
import { type JsonNode, nodeAt, pathOf, pathText, readJson, summaryOf } from "@/components/body/json-nodes";

/** Builds the value that a reading stands for, so that it can be compared with JSON.parse. */
function plainOf(nodes: readonly JsonNode[], index: number): unknown {
  const node = nodes[index];
  if (!node) return undefined;
  if (node.kind === "string") return node.text;
  if (node.kind === "number" || node.kind === "literal") return JSON.parse(node.text);
  const children: [string, unknown][] = [];
  for (let at = index + 1; at < node.end; at = nodes[at]?.end ?? node.end) {
    children.push([String(nodes[at]?.key), plainOf(nodes, at)]);
  }
  return node.kind === "array" ? children.map(([, value]) => value) : Object.fromEntries(children);
}

describe("readJson", () => {
  it("reads every JSON text as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const { nodes, error } = readJson(text);
        expect(error).toBeNull();
        expect(JSON.stringify(plainOf(nodes, 0))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      // The generator makes this name seldom, and both JSON.parse and a reading hold it as any other.
      { examples: [['[{"__proto__":""}]'], ['{"__proto__":{"a":1},"constructor":null}']] },
    );
  });

  it("says no exactly where JSON.parse does", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"',
      "1",
      "-",
      "01",
      "1e5",
      "true",
      "nul",
      " ",
      "\\",
      '"\\u12"',
      "\n",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const text = parts.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(readJson(text).error === null).toBe(valid);
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps numbers as they are written", () => {
    const { nodes } = readJson('{"id":9007199254740993,"amount":1.10}');
    expect(nodeAt(nodes, "id")?.text).toBe("9007199254740993");
    expect(nodeAt(nodes, "amount")?.text).toBe("1.10");
  });

  it("gives what could be read of a text that was cut", () => {
    const { nodes, error } = readJson('{"order":{"id":42,"lines":[{"sku":"a"},{"sk');
    expect(error?.message).toBe("a string has no end");
    expect(nodeAt(nodes, "order.id")?.text).toBe("42");
    expect(nodeAt(nodes, "order.lines.0.sku")?.text).toBe("a");
    expect(nodes[0]?.end).toBe(nodes.length);
    const begun = readJson('{"line":"one\\ntwo\\u00');
    expect(nodeAt(begun.nodes, "line")).toMatchObject({ text: "one\ntwo", closed: false });
  });

  it("names the place of a mistake", () => {
    expect(readJson('{\n  "a": 1,\n  b: 2\n}').error).toMatchObject({
      line: 3,
      column: 3,
      message: "“b” where a name in quotes should be",
    });
    expect(readJson("").error?.message).toBe("there is nothing");
    expect(readJson("1 2").error?.message).toBe("“2” follows after the end");
  });

  it("survives 100,000 levels", () => {
    const { nodes, error } = readJson("[".repeat(100_000));
    expect(nodes).toHaveLength(100_000);
    expect(error?.message).toBe("it ends too early");
  });
});

describe("paths", () => {
  const { nodes } = readJson('{"order":{"lines":[{"sku":"a"}],"a.b":1,"":2}}');
  const pathOfText = (text: string) =>
    pathText(
      pathOf(
        nodes,
        nodes.findIndex((node) => node.text === text),
      ),
    );

  it("are written with dots", () => {
    expect(pathOfText("a")).toBe("order.lines.0.sku");
  });
  it("are not offered where they would be ambiguous", () => {
    expect(pathOfText("1")).toBeNull();
    expect(pathOfText("2")).toBeNull();
  });
  it("find nothing in a scalar", () => {
    expect(nodeAt(nodes, "order.lines.0.sku.x")).toBeUndefined();
  });
  it("sum up what holds more", () => {
    expect(summaryOf(nodeAt(nodes, "order.lines") as JsonNode)).toBe("[ 1 item ]");
  });
});

describe("initialFolds", () => {
  const folded = (value: unknown) => {
    const { nodes } = readJson(JSON.stringify(value));
    return treeRows(nodes, initialFolds(nodes)).length;
  };
  it("shows all of a small body, and no more of a large one than can be read", () => {
    expect(folded({ a: { b: [1, 2] } })).toBe(8);
    expect(folded(Array.from({ length: 20_000 }, (_, id) => ({ id, name: "n" })))).toBe(20_002);
    expect(folded({ list: Array.from({ length: 20_000 }, (_, id) => ({ id })) })).toBe(3);
  });
});

describe("treeRows", () => {
  it("closes what it opens, and leaves out what is folded", () => {
    const { nodes } = readJson('{"a":[1,2],"b":{},"c":{"d":[]}}');
    const shown = (folds: number[]) =>
      treeRows(nodes, new Set(folds)).map((row) => (row.closing ? "/" : "") + (nodes[row.node]?.key ?? "root"));
    expect(shown([])).toEqual(["root", "a", "0", "1", "/a", "b", "c", "d", "/c", "/root"]);
    expect(shown([1])).toEqual(["root", "a", "b", "c", "d", "/c", "/root"]);
    expect(shown([0])).toEqual(["root"]);
  });
});
