/** Frame types (AMQP 0-9-1, section 4.2.3). */
export const frameType = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;

/** The octet that ends every frame. */
export const frameEnd = 0xce;

/** Type, channel and size in front of the payload. */
export const frameHeadSize = 7;

/** What a frame has around its payload; `frame_max` counts it too. */
export const frameOverhead = frameHeadSize + 1;

/** No peer may negotiate less, and before tuning nothing larger may be sent (section 4.2.3 of the specification). */
export const frameMinSize = 4096;

/** What a server with RabbitMQ's defaults offers in `connection.tune`. */
export const defaultFrameMax = 131072;
export const defaultChannelMax = 2047;

/** What a client opens the connection with, and what a server answers when it heard anything else. */
export const protocolHeader: Buffer = Buffer.from("AMQP\0\0\x09\x01", "latin1");

/** The only class that has content. */
export const basicClass = 60;
