import type { Actor } from "@/lib/broker/actor";
import type { FailureReason } from "@/lib/broker/failures";
import type { Page } from "@/lib/broker/message";

export const targetKinds = ["webhook", "slack", "email"] as const;
export type TargetKind = (typeof targetKinds)[number];

export const smtpSecurities = ["none", "starttls", "tls"] as const;

/** How e-mail goes out, without the password. */
export interface Smtp {
  readonly host: string;
  readonly port: number;
  /** `starttls` insists on it; `none` never encrypts. */
  readonly security: (typeof smtpSecurities)[number];
  readonly user: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

/** What somebody writes of a target. Secrets go in and never come out. */
export interface NotificationTargetInput {
  readonly name: string;
  readonly kind: TargetKind;
  readonly enabled: boolean;
  /** Failures of one cause within this time make one notice, in ms. */
  readonly groupMs: number;
  /** Notices in an hour at most; what exceeds it waits, and collects on. */
  readonly perHour: number;
  /** Of webhook and slack. Slack's is a secret itself: not given, it stays as it is. */
  readonly url?: string;
  /** What webhooks are signed with, or the password for `smtp.user`. Not given: as it is; null: none. */
  readonly secret?: string | null;
  readonly smtp?: Smtp;
}

export interface NotificationTarget {
  readonly name: string;
  readonly kind: TargetKind;
  readonly enabled: boolean;
  readonly version: number;
  readonly groupMs: number;
  readonly perHour: number;
  /** Of slack only its beginning. */
  readonly url: string | null;
  readonly hasSecret: boolean;
  readonly smtp: Smtp | null;
  readonly usedBy: readonly { readonly vhost: string; readonly policy: string }[];
  readonly last: { readonly at: Date; readonly result: "sent" | "failed"; readonly error: string | null } | null;
}

/** What somebody is told: how many messages of one cause failed. */
export interface NoticeContent {
  readonly id: string;
  readonly vhost: string;
  readonly queue: string;
  readonly policy: string;
  readonly reason: FailureReason;
  readonly errorType: string | null;
  /** Of the last one. */
  readonly errorMessage: string | null;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** Warren's numbers of some of the messages, at most 10. */
  readonly messageIds: readonly number[];
  /** Sent by hand, to try the target. */
  readonly isTest: boolean;
}

export interface SendResult {
  readonly result: "sent" | "failed";
  /** Of an HTTP or SMTP answer; null when there was none. */
  readonly status: number | null;
  readonly error: string | null;
  /** How long it took. */
  readonly ms: number;
}

export const noticeStates = ["collecting", "waiting", "sent", "failed"] as const;
export type NoticeState = (typeof noticeStates)[number];

export interface Notice extends NoticeContent {
  readonly target: string;
  readonly state: NoticeState;
  /** The last ten, oldest first. */
  readonly attempts: readonly (SendResult & { readonly at: Date })[];
  /** When it is sent, or tried again. */
  readonly nextAt: Date | null;
}

/** Where a notice goes, with its secrets. */
export interface Destination {
  readonly kind: TargetKind;
  readonly url: string | null;
  readonly secret: string | null;
  readonly smtp: Smtp | null;
}

/** What carries notices to the world outside. Never rejects: what goes wrong is in the result, without secrets. */
export interface NoticeSender {
  send(destination: Destination, notice: NoticeContent): Promise<SendResult>;
}

export interface NoticeQuery {
  readonly target?: string;
  readonly state?: NoticeState;
  readonly limit: number;
  readonly cursor?: string;
}

/** Whom error policies tell. `not-found` for a target or notice that isn't there. */
export interface Notifications {
  listNotificationTargets(actor: Actor): Promise<readonly NotificationTarget[]>;
  getNotificationTarget(actor: Actor, name: string): Promise<NotificationTarget>;
  /** `conflict` when the name is taken. */
  createNotificationTarget(actor: Actor, target: NotificationTargetInput): Promise<NotificationTarget>;
  /** `conflict` when the version has moved on. The name can't be changed. */
  updateNotificationTarget(actor: Actor, target: NotificationTargetInput, version: number): Promise<NotificationTarget>;
  /** `precondition-failed` while policies name it. */
  deleteNotificationTarget(actor: Actor, name: string): Promise<void>;
  /** Sends a notice that says that it is a test, at once, and tells what came of it. */
  testNotificationTarget(actor: Actor, name: string): Promise<SendResult>;
  /** Newest first. */
  listNotices(actor: Actor, query: NoticeQuery): Promise<Page<Notice>>;
  /** Tries one again that has failed or waits. `conflict` for one that was sent. */
  retryNotice(actor: Actor, id: string): Promise<Notice>;
}
