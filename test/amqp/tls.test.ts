import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import amqp from "amqplib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "@/lib/platform/ports";
import { type BrokerProcess, startBrokerProcess } from "@/test/support/broker-process";
import { type Certified, makeCertificate } from "@/test/support/certificates";
import { createTestDatabase, type TestDatabase } from "@/test/support/database";

const python = "/usr/bin/python3";
const authority = { ...makeCertificate({ commonName: "authority" }), commonName: "authority" };
const own = makeCertificate({ commonName: "warren", dns: ["localhost"], isLoopback: true, issuer: authority });
const guest = makeCertificate({ commonName: "guest", issuer: authority });

let database: TestDatabase;
let directory: string;
let broker: BrokerProcess;
let port: number;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "warren-tls-"));
  database = await createTestDatabase();
  port = await freePort();
  broker = startBrokerProcess(database.url, await freePort(), {
    AMQPS_PORT: String(port),
    AMQPS_CA: file("ca.pem", authority.cert),
    ...pemFiles("AMQPS_KEY", "AMQPS_CERT", "own", own),
  });
  await broker.ready;
});

afterEach(async () => {
  broker.child.kill("SIGKILL");
  await broker.ended;
  await database.drop();
  rmSync(directory, { recursive: true });
});

function file(name: string, contents: Buffer): string {
  const where = path.join(directory, name);
  writeFileSync(where, contents);
  return where;
}

function pemFiles(keyName: string, certName: string, of: string, { key, cert }: Certified): Record<string, string> {
  return { [keyName]: file(`${of}-key.pem`, key), [certName]: file(`${of}-cert.pem`, cert) };
}

test("a broker process with key and certificate takes amqps, by password and by certificate", async () => {
  const address = `localhost:${port}`;
  const byPassword = await amqp.connect(`amqps://guest:guest@${address}`, { ca: [authority.cert] });
  await byPassword.close();
  const certified = { ca: [authority.cert], ...guest, credentials: amqp.credentials.external() };
  const byCertificate = await amqp.connect(`amqps://${address}`, certified);
  const channel = await byCertificate.createChannel();
  await channel.assertQueue("tls");
  await byCertificate.close();
});

/** Debian's python3-pika. On a continuous integration server its absence is a failure. */
test.skipIf(!hasPika() && process.env.CI === undefined)("pika logs in with its certificate", async () => {
  const { key, cert } = pemFiles("key", "cert", "guest", guest);
  const script = path.join(import.meta.dirname, "python", "external.py");
  const { stdout } = await promisify(execFile)(python, [
    script,
    String(port),
    path.join(directory, "ca.pem"),
    cert as string,
    key as string,
  ]);
  expect(stdout).toBe("b'hello'\n");
});

function hasPika(): boolean {
  try {
    execFileSync(python, ["-c", "import pika"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
