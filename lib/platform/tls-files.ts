import { X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createSecureContext } from "node:tls";
import { errorMessage, PlatformFailure } from "@/lib/platform/failure";

/** Absolute paths of PEM files. */
export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
  /** The authorities that clients' certificates are checked by; absent: clients aren't asked for one. */
  readonly ca: string | undefined;
}

/** What stands in the files. */
export interface TlsContents {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca: Buffer | undefined;
}

/** How often it is looked whether a file was renewed, in ms. */
const lookEveryMs = 10_000;

/**
 * Reads key and certificates, and makes sure that they belong together. Throws PlatformFailure with a sentence that
 * names the setting.
 */
export function readTlsFiles({ key, cert, ca }: TlsFiles): TlsContents {
  const identity = {
    key: contents("AMQPS_KEY", key),
    cert: contents("AMQPS_CERT", cert),
    ca: ca === undefined ? undefined : contents("AMQPS_CA", ca),
  };
  try {
    createSecureContext(identity);
  } catch (error) {
    throw new PlatformFailure(`AMQPS_KEY, AMQPS_CERT and AMQPS_CA can't be used together: ${errorMessage(error)}.`);
  }
  return identity;
}

/** Until when the first of the certificates in a PEM file is good. */
export function lastDayOf(pem: Buffer): Date {
  return new Date(new X509Certificate(pem).validTo);
}

/**
 * Calls back when one of the files has changed and all of them can be used; until then, as while only one of two was
 * replaced, the old ones stay in use and `onError` is told why.
 * @returns what ends the watch
 */
export function watchTlsFiles(
  files: TlsFiles,
  onRenewed: (contents: TlsContents) => void,
  onError: (error: unknown) => void,
  everyMs = lookEveryMs,
): () => void {
  const paths = [files.key, files.cert, files.ca].filter((path) => path !== undefined);
  const look = () => {
    try {
      onRenewed(readTlsFiles(files));
    } catch (error) {
      onError(error);
    }
  };
  // By polling: a renewed file often is another one under the same name, or behind a symbolic link.
  for (const path of paths) watchFile(path, { interval: everyMs, persistent: false }, look);
  return () => {
    for (const path of paths) unwatchFile(path, look);
  };
}

function contents(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new PlatformFailure(`${setting} can't be read: ${errorMessage(error)}.`);
  }
}
