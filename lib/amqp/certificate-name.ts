import { TLSSocket } from "node:tls";

/** Which of a certificate's names is the user's. */
export type LoginFrom = "common_name" | "subject_alternative_name";

/**
 * The user that a client's certificate names, for EXTERNAL (RabbitMQ's `ssl_cert_login_from`): the common name, or the
 * first DNS name among the alternative ones. Null without TLS, without a certificate that an authority of ours has
 * signed, and for names that can be read in more than one way.
 */
export function certificateName(socket: object, from: LoginFrom): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  return from === "common_name" ? commonName(certificate.subject) : dnsName(certificate.subjectAltName);
}

/** Whether the client showed a certificate that none of our authorities vouches for. */
export function hasBadCertificate(socket: TLSSocket): boolean {
  return !socket.authorized && socket.getPeerX509Certificate() !== undefined;
}

/** Of a subject as Node writes it: one attribute on each line, with escapes for what is not plain text. */
function commonName(subject: string | undefined): string | null {
  const names = subject?.split("\n").filter((line) => line.startsWith("CN=")) ?? [];
  const [name] = names;
  if (name === undefined || names.length > 1 || /[\\+]/.test(name)) return null;
  return name.slice("CN=".length) || null;
}

/** Node puts entries with anything unusual in them into quotes. */
function dnsName(names: string | undefined): string | null {
  if (names === undefined || names.includes('"')) return null;
  const first = names.split(", ").find((name) => name.startsWith("DNS:"));
  return first?.slice("DNS:".length) || null;
}
