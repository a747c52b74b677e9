import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PlatformFailure } from "@/lib/platform/failure";
import { readTlsFiles, type TlsFiles, watchTlsFiles } from "@/lib/platform/tls-files";
import { type Certified, makeCertificate } from "@/test/support/certificates";

let directory: string;
let files: TlsFiles;
let unwatch = () => {};

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "warren-tls-"));
  files = { key: path.join(directory, "key.pem"), cert: path.join(directory, "cert.pem"), ca: undefined };
});

afterEach(() => {
  unwatch();
  rmSync(directory, { recursive: true });
});

function write({ key, cert }: Certified): void {
  writeFileSync(files.key, key);
  writeFileSync(files.cert, cert);
}

test("what can't be used is refused in a sentence that names the setting", () => {
  expect(() => readTlsFiles(files)).toThrow(/^AMQPS_KEY can't be read: /);
  expect(() => readTlsFiles(files)).toThrow(PlatformFailure);
  write({ ...makeCertificate({ commonName: "a" }), key: makeCertificate({ commonName: "b" }).key });
  expect(() => readTlsFiles(files)).toThrow(/^AMQPS_KEY, AMQPS_CERT and AMQPS_CA can't be used together: /);
});

test("renewed files are taken up when they belong together, and not before", async () => {
  const [old, renewed] = [makeCertificate({ commonName: "old" }), makeCertificate({ commonName: "renewed" })];
  write(old);
  const taken = vi.fn();
  const failed = vi.fn();
  unwatch = watchTlsFiles(files, taken, failed, 10);
  // What is written before the watch has looked for the first time is no change to it.
  await expect
    .poll(() => {
      writeFileSync(files.cert, renewed.cert);
      return failed.mock.calls.length;
    })
    .toBeGreaterThan(0);
  expect(taken).not.toHaveBeenCalled();
  writeFileSync(files.key, renewed.key);
  await expect.poll(() => taken).toHaveBeenCalledWith({ ...renewed, ca: undefined });
});
