/**
 * Reply codes with the names that RabbitMQ writes in front of reply texts (AMQP 0-9-1, section 1.2). Soft errors close
 * the channel, hard ones the connection.
 */
export const replyCodes = {
  CONTENT_TOO_LARGE: { code: 311, hard: false },
  NO_ROUTE: { code: 312, hard: false },
  NO_CONSUMERS: { code: 313, hard: false },
  CONNECTION_FORCED: { code: 320, hard: true },
  INVALID_PATH: { code: 402, hard: true },
  ACCESS_REFUSED: { code: 403, hard: false },
  NOT_FOUND: { code: 404, hard: false },
  RESOURCE_LOCKED: { code: 405, hard: false },
  PRECONDITION_FAILED: { code: 406, hard: false },
  FRAME_ERROR: { code: 501, hard: true },
  SYNTAX_ERROR: { code: 502, hard: true },
  COMMAND_INVALID: { code: 503, hard: true },
  CHANNEL_ERROR: { code: 504, hard: true },
  UNEXPECTED_FRAME: { code: 505, hard: true },
  RESOURCE_ERROR: { code: 506, hard: true },
  NOT_ALLOWED: { code: 530, hard: true },
  NOT_IMPLEMENTED: { code: 540, hard: true },
  INTERNAL_ERROR: { code: 541, hard: true },
} as const;

export type ReplyName = keyof typeof replyCodes;

/** Class and method that an error is about; 0 and 0 when it is about none. */
export interface MethodId {
  readonly classId: number;
  readonly methodId: number;
}

export const noMethod: MethodId = { classId: 0, methodId: 0 };

/** A protocol error, to be told to the peer by `channel.close` or, where it is hard, by `connection.close`. */
export class AmqpError extends Error {
  override readonly name = "AmqpError";
  readonly replyName: ReplyName;
  readonly replyCode: number;
  /** Whether the whole connection has to end. */
  readonly hard: boolean;
  readonly about: MethodId;

  /**
   * @param replyName decides the reply code and what is closed
   * @param text what was wrong, without the name in front
   * @param about the method that caused it, if one did
   * @param hard true where an error that is otherwise soft ends the connection, such as refused login (403)
   */
  constructor(replyName: ReplyName, text: string, about: MethodId = noMethod, hard = replyCodes[replyName].hard) {
    super(text);
    this.replyName = replyName;
    this.replyCode = replyCodes[replyName].code;
    this.hard = hard;
    this.about = about;
  }

  /** The reply text as RabbitMQ writes it, `NOT_FOUND - no queue 'x' in vhost '/'`, at most 255 bytes of UTF-8. */
  get replyText(): string {
    return shortened(`${this.replyName} - ${this.message}`);
  }
}

/** Cuts text to the 255 bytes of a short string, at the boundary of a character. Only for texts meant for people. */
function shortened(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= 255) return bytes.toString("utf8");
  let end = 252;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}...`;
}
