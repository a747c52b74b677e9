import path from "node:path";
import { expect, test } from "vitest";
import { readEnvironment } from "@/lib/platform/env";

test("everything has a default, and an empty variable counts as absent", () => {
  expect(readEnvironment({ PORT: "", DATABASE_URL: "" })).toEqual({
    host: "127.0.0.1",
    port: 3000,
    amqpPort: 5672,
    amqps: undefined,
    databaseUrl: undefined,
    dataDirectory: path.resolve(".warren"),
    trustProxy: false,
    maxMessageBytes: 16_777_216,
    acknowledgementTimeoutMs: 1_800_000,
    notifyLocal: false,
    storeFirst: false,
  });
});

test("AMQP over TLS is on when key and certificate are given", () => {
  const { amqps } = readEnvironment({ AMQPS_KEY: "/tls/key.pem", AMQPS_CERT: "/tls/cert.pem", AMQPS_CA: "" });
  const files = { key: "/tls/key.pem", cert: "/tls/cert.pem", ca: undefined };
  expect(amqps).toEqual({ port: 5671, files, loginFrom: "common_name" });
});

test("reads what is set", () => {
  const environment = readEnvironment({
    HOST: "::1",
    PORT: "8080",
    DATABASE_URL: "postgres://a:b@db/warren?sslmode=require",
    WARREN_DATA_DIR: "/srv/warren",
    WARREN_TRUST_PROXY: "1",
  });
  expect(environment).toMatchObject({ host: "::1", port: 8080, dataDirectory: "/srv/warren", trustProxy: true });
});

test.each([
  [{ PORT: "0" }, "PORT must be a port number from 1 to 65535."],
  [{ PORT: "70000" }, "PORT must be a port number from 1 to 65535."],
  [{ AMQP_PORT: "amqp" }, "AMQP_PORT must be a port number from 1 to 65535."],
  [{ AMQPS_KEY: "/tls/key.pem" }, "AMQPS_KEY and AMQPS_CERT go together: give both, or neither."],
  [{ AMQPS_CA: "/tls/ca.pem" }, "AMQPS_KEY and AMQPS_CERT go together: give both, or neither."],
  [{ AMQPS_LOGIN_FROM: "dn" }, "AMQPS_LOGIN_FROM must be common_name or subject_alternative_name."],
  [{ WARREN_ACK_TIMEOUT_MS: "30m" }, "WARREN_ACK_TIMEOUT_MS must be a number of milliseconds from 1000 to 39600000."],
  [{ WARREN_ACK_TIMEOUT_MS: "10" }, "WARREN_ACK_TIMEOUT_MS must be a number of milliseconds from 1000 to 39600000."],
  [{ HOST: "http://x" }, "HOST must be an address to listen on, such as 127.0.0.1, 0.0.0.0 or ::1."],
  [{ WARREN_MAX_MESSAGE_BYTES: "16MB" }, "WARREN_MAX_MESSAGE_BYTES must be a number of bytes from 1 to 536870912."],
  [{ WARREN_MAX_MESSAGE_BYTES: "0" }, "WARREN_MAX_MESSAGE_BYTES must be a number of bytes from 1 to 536870912."],
  [
    { WARREN_MAX_MESSAGE_BYTES: "536870913" },
    "WARREN_MAX_MESSAGE_BYTES must be a number of bytes from 1 to 536870912.",
  ],
  [
    { WARREN_STORE_FIRST: "yes" },
    "WARREN_STORE_FIRST must be 1 (store persistent messages before anybody gets them) or 0.",
  ],
  [{ WARREN_TRUST_PROXY: "yes" }, "WARREN_TRUST_PROXY must be 1 (believe X-Forwarded-For) or 0."],
])("refuses %o in one sentence", (variables, sentence) => {
  expect(() => readEnvironment(variables)).toThrow(sentence);
});

test.each([
  "mysql://root:tops3cret@db/x",
  "tops3cret",
  "postgres://u:tops3cret/@[db/x",
  "postgres://u:p@tops3cret/x@db/x",
  "postgres://u:p@tops3cret#x@db/x",
])("never repeats a DATABASE_URL that it refuses", (url) => {
  expect(() => readEnvironment({ DATABASE_URL: url })).toThrow(/DATABASE_URL must look like/);
  expect(() => readEnvironment({ DATABASE_URL: url })).not.toThrow(/tops3cret/);
});
