import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerUndecodable } from "@/lib/http/undecodable";

describe("paths that aren't percent-encoded UTF-8", () => {
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (!answerUndecodable(request, response)) response.end("passed on");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it.each(["/api/queues/%2F/%FF", "/api/queues/%2F/%zz?q=1", "/api/%"])("%s has the API's error", async (path) => {
    const response = await fetch(address + path);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toMatch("application/json");
    expect(await response.json()).toMatchObject({ error: "bad_request", code: "bad-request" });
  });

  it.each(["/api/queues/%2F/%E2%82%AC?q=%FF", "/%FF", "/queues/%zz"])("%s is left to others", async (path) => {
    expect(await (await fetch(address + path)).text()).toBe("passed on");
  });
});
