import type { AmqpSettings } from "@/lib/amqp/door";
import { frameMinSize } from "@/lib/amqp/wire/constants";
import { idOf } from "@/lib/amqp/wire/content-assembler";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Arguments } from "@/lib/amqp/wire/methods";

/**
 * A client may ask for less than was offered in connection.tune, and not for more. Throws AmqpError 530, as RabbitMQ
 * does.
 */
export function checkTuning({ frameMax, channelMax }: Arguments<"connection.tune-ok">, offered: AmqpSettings): void {
  mustNotExceed("frame_max", frameMax, offered.frameMax);
  mustNotExceed("channel_max", channelMax, offered.channelMax);
  if (frameMax !== 0 && frameMax < frameMinSize) {
    throw refused(`frame_max = ${frameMax} is lower than the minimum allowed value (${frameMinSize})`);
  }
}

/** Zero means no limit on either side. */
function mustNotExceed(name: string, asked: number, offered: number): void {
  if (offered === 0 || (asked !== 0 && asked <= offered)) return;
  throw refused(`${name} = ${asked} is higher than the maximum allowed value (${offered})`);
}

function refused(what: string): AmqpError {
  return new AmqpError("NOT_ALLOWED", `negotiated ${what}`, idOf("connection.tune-ok"));
}
