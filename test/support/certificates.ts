import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A key and a certificate for it, in PEM. */
export interface Certified {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export interface CertificateOptions {
  readonly commonName: string;
  /** Alternative names. */
  readonly dns?: readonly string[];
  /** 127.0.0.1 is another alternative name. */
  readonly isLoopback?: boolean;
  /** Who signs it; without one it signs itself, and may sign others. */
  readonly issuer?: Certified & { readonly commonName: string };
}

const day = 24 * 60 * 60 * 1000;

/** Makes a certificate (RFC 5280) that is valid from yesterday to tomorrow. */
export function makeCertificate({ commonName, dns = [], isLoopback, issuer }: CertificateOptions): Certified {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const names = [...dns.map((name) => der(0x82, Buffer.from(name)))];
  if (isLoopback) names.push(der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = [
    ...(names.length > 0 ? [extension("551d11", sequence(...names))] : []),
    ...(issuer === undefined ? [extension("551d13", sequence(der(0x01, Buffer.from([0xff]))))] : []),
  ];
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(ecdsaWithSha256),
    name(issuer?.commonName ?? commonName),
    sequence(time(Date.now() - day), time(Date.now() + day)),
    name(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  return { key: keyPem(privateKey), cert: pem(sequence(body, sequence(ecdsaWithSha256), bits(signed(body, signer)))) };
}

const ecdsaWithSha256 = der(0x06, Buffer.from("2a8648ce3d040302", "hex"));

function signed(body: Buffer, key: KeyObject): Buffer {
  return sign("sha256", body, key);
}

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(der(0x06, Buffer.from(id, "hex")), der(0x04, value));
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\..*/g, "");
  return der(0x18, Buffer.from(`${text}Z`));
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function bits(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** A value with its tag and length (X.690). */
function der(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), value]);
}

function keyPem(key: KeyObject): Buffer {
  return Buffer.from(key.export({ type: "pkcs8", format: "pem" }));
}

function pem(bytes: Buffer): Buffer {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`);
}
