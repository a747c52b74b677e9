import { STATUS_CODES } from "node:http";
import type { Destination, NoticeContent, NoticeSender, SendResult } from "@/lib/broker/notifications";
import { LocalAddressError } from "@/lib/notify/addresses";
import { sendMail } from "@/lib/notify/mail";
import { post, signature } from "@/lib/notify/post";
import { slackBody, webhookBody } from "@/lib/notify/texts";

export interface SenderOptions {
  /** Whether notices may go to this machine itself (loopback, link-local, cloud metadata). */
  readonly allowLocal: boolean;
}

/** Sends notices by HTTP and SMTP. */
export function noticeSender({ allowLocal }: SenderOptions): NoticeSender {
  return {
    send: async (destination, notice) => {
      const begun = performance.now();
      const result = await attempt(destination, notice, allowLocal).catch(failed);
      return { ...result, ms: Math.round(performance.now() - begun) };
    },
  };
}

type Outcome = Omit<SendResult, "ms">;

async function attempt({ kind, url, secret, smtp }: Destination, notice: NoticeContent, allowLocal: boolean) {
  if (kind === "email") {
    if (smtp === null) return refused("No mail server is set.");
    await sendMail(smtp, secret, notice, allowLocal);
    return { result: "sent", status: 250, error: null } as const;
  }
  if (url === null) return refused("No URL is set.");
  const body = kind === "slack" ? slackBody(notice) : webhookBody(notice);
  const signed = kind === "slack" ? {} : signature(secret, body, Math.floor(Date.now() / 1000));
  const status = await post({ url, body, allowLocal, headers: { ...signed, "x-warren-notice-id": notice.id } });
  if (status >= 200 && status < 300) return { result: "sent", status, error: null } as const;
  return refused(`It answered ${status} ${STATUS_CODES[status] ?? ""}`.trim(), status);
}

function refused(error: string, status: number | null = null): Outcome {
  return { result: "failed", status, error };
}

/** What went wrong, in words that hold no secret: neither a URL's path nor a password. */
function failed(error: unknown): Outcome {
  if (error instanceof LocalAddressError) return refused(`Not sent: ${error.message}.`);
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const status = typeof responseCode === "number" ? responseCode : null;
  if (error instanceof Error && error.name === "TimeoutError") return refused("No answer within 10 seconds.");
  if (code === "EAUTH") return refused("The mail server refused the user or password.", status);
  if (typeof code !== "string") return refused("It could not be sent.", status);
  return refused(meanings[code] ?? `It could not be sent (${code}).`, status);
}

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: "The connection was refused.",
  ENOTFOUND: "The host's name is not known.",
  EAI_AGAIN: "The host's name could not be resolved just now.",
  ECONNRESET: "The connection broke.",
  ETIMEDOUT: "No answer in time.",
  ABORT_ERR: "No answer within 10 seconds.",
  EENVELOPE: "The mail server refused the sender or a recipient.",
  ESOCKET: "The connection to the mail server failed.",
  CERT_HAS_EXPIRED: "The host's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The host's certificate is signed by itself.",
};
