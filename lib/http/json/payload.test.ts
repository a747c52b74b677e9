import { describe, expect, it } from "vitest";
import { payloadBytes, payloadJson } from "@/lib/http/json/payload";

describe("payloads", () => {
  it("are text where they are UTF-8", () => {
    expect(payloadJson(Buffer.from("häß\0<"))).toEqual({ payload: "häß\0<", payload_encoding: "string" });
    expect(payloadJson(Buffer.from([0xff]))).toEqual({ payload: "/w==", payload_encoding: "base64" });
    expect(payloadJson(Buffer.from("a"), { encoding: "base64" })).toEqual({
      payload: "YQ==",
      payload_encoding: "base64",
    });
  });

  it.each([1, 2, 3])("lose a character that was cut after %i bytes", (bytes) => {
    const cut = Buffer.concat([Buffer.from("ok"), Buffer.from("😀").subarray(0, bytes)]);
    expect(payloadJson(cut, { cut: true })).toEqual({ payload: "ok", payload_encoding: "string" });
    expect(payloadJson(cut).payload_encoding).toBe("base64");
  });

  it("keep a whole character at the cut", () => {
    expect(payloadJson(Buffer.from("ok😀"), { cut: true }).payload).toBe("ok😀");
  });

  it("come back as bytes", () => {
    expect([...payloadBytes("/w==", "base64", 10)]).toEqual([0xff]);
    expect([...payloadBytes("€", "string", 10)]).toEqual([0xe2, 0x82, 0xac]);
    expect(() => payloadBytes("not base64!", "base64", 100)).toThrow(/not base64/);
    expect(() => payloadBytes("\ud800", "string", 10)).toThrow(/surrogate/);
    expect(() => payloadBytes("12345", "string", 4)).toThrow(expect.objectContaining({ code: "content-too-large" }));
  });
});
