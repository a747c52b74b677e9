/** A name as RabbitMQ understands it where queues and exchanges are declared and deleted: line breaks don't belong to it. */
export function withoutLineBreaks(name: string): string {
  return name.replaceAll(/[\r\n]/g, "");
}
