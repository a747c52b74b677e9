import { createTransport } from "nodemailer";
import type { NoticeContent, Smtp } from "@/lib/broker/notifications";
import { resolveRemote } from "@/lib/notify/addresses";
import { headline, mailText } from "@/lib/notify/texts";

const timeoutMs = 10_000;

/** Sends one e-mail to all recipients. Rejects with what the server said, and with `LocalAddressError`. */
export async function sendMail(
  smtp: Smtp,
  password: string | null,
  notice: NoticeContent,
  allowLocal: boolean,
): Promise<void> {
  const { host, port, security, user, from, to } = smtp;
  // The address that was checked is the one that is connected to; the certificate is still that of the name.
  const address = allowLocal ? host : await resolveRemote(host);
  const transport = createTransport({
    host: address,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: { servername: host },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user !== null && { auth: { user, pass: password ?? "" } }),
  });
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: headline(notice),
      text: mailText(notice),
      // The same for each attempt, so that a mail program can tell a second copy.
      messageId: `<${notice.id}@warren>`,
    });
  } finally {
    transport.close();
  }
}
