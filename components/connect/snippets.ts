/** Where a program connects to, and what it works with. The password is never part of it: programs read it from their environment. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  readonly user: string;
  readonly queue: string;
  /** Of the HTTP API, such as `http://127.0.0.1:3000`. */
  readonly origin: string;
}

export interface Snippet {
  readonly id: string;
  readonly label: string;
  /** What has to be installed first; null for nothing. */
  readonly install: string | null;
  readonly code: (target: Target) => string;
}

/** The environment variable that every snippet takes the password from. */
export const passwordVariable = "WARREN_PASSWORD";

/** A text as a literal of JavaScript, Python, Go or Java: JSON's escapes are theirs, too. */
const quoted = (text: string) => JSON.stringify(text);
/** Ruby puts values in place of `#{…}` in such literals. */
const rubyQuoted = (text: string) => quoted(text).replaceAll("#", "\\#");
const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
/** YAML's plain quotes: doubled inside. */
const yamlQuoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const part = encodeURIComponent;

export const snippets: readonly Snippet[] = [
  {
    id: "amqplib",
    label: "Node.js (amqplib)",
    install: "npm install amqplib",
    code: ({ host, port, vhost, user, queue }) => `import amqp from "amqplib";

const connection = await amqp.connect({
  hostname: ${quoted(host)},
  port: ${port},
  vhost: ${quoted(vhost)},
  username: ${quoted(user)},
  password: process.env.${passwordVariable},
});
const channel = await connection.createConfirmChannel();
await channel.assertQueue(${quoted(queue)}, { durable: true });

// Publish: stored once the confirm is there.
channel.sendToQueue(${quoted(queue)}, Buffer.from("hello"), { persistent: true });
await channel.waitForConfirms();

// Consume: at most ten at a time; acknowledge when the work is done.
await channel.prefetch(10);
await channel.consume(${quoted(queue)}, (message) => {
  console.log(message.content.toString());
  channel.ack(message);
});
`,
  },
  {
    id: "pika",
    label: "Python (pika)",
    install: "pip install pika",
    code: ({ host, port, vhost, user, queue }) => `import os
import pika

credentials = pika.PlainCredentials(${quoted(user)}, os.environ["${passwordVariable}"])
connection = pika.BlockingConnection(
    pika.ConnectionParameters(host=${quoted(host)}, port=${port}, virtual_host=${quoted(vhost)}, credentials=credentials)
)
channel = connection.channel()
channel.queue_declare(${quoted(queue)}, durable=True)

# Publish: stored once basic_publish returns.
channel.confirm_delivery()
channel.basic_publish("", ${quoted(queue)}, b"hello", pika.BasicProperties(delivery_mode=2))


# Consume: at most ten at a time; acknowledge when the work is done.
def work(channel, method, properties, body):
    print(body.decode())
    channel.basic_ack(method.delivery_tag)


channel.basic_qos(prefetch_count=10)
channel.basic_consume(${quoted(queue)}, work)
channel.start_consuming()
`,
  },
  {
    id: "celery",
    label: "Python (Celery)",
    install: "pip install celery",
    code: ({ host, port, vhost, user, queue }) => `# tasks.py
import os
from urllib.parse import quote

from celery import Celery

password = quote(os.environ["${passwordVariable}"], safe="")
app = Celery("tasks", broker=f"amqp://${part(user)}:{password}@${host}:${port}/${part(vhost)}", backend="rpc://")
app.conf.task_default_queue = ${quoted(queue)}
app.conf.task_acks_late = True  # a task of a killed worker comes again


@app.task
def add(x, y):
    return x + y


# A worker:   celery -A tasks worker
# A caller:   python -c 'from tasks import add; print(add.delay(2, 3).get(timeout=10))'
`,
  },
  {
    id: "spring",
    label: "Java (Spring)",
    install: 'implementation("org.springframework.boot:spring-boot-starter-amqp")',
    code: ({ host, port, vhost, user, queue }) => `# application.yml
spring:
  rabbitmq:
    host: ${yamlQuoted(host)}
    port: ${port}
    virtual-host: ${yamlQuoted(vhost)}
    username: ${yamlQuoted(user)}
    password: \${${passwordVariable}}
    publisher-confirm-type: correlated

// Work.java
@Component
class Work {
    @Bean
    Queue tasks() {
        return QueueBuilder.durable(${quoted(queue)}).build();
    }

    @RabbitListener(queues = ${quoted(queue)})
    void take(String body) {
        System.out.println(body);
    }
}

// Anywhere: rabbitTemplate.convertAndSend("", ${quoted(queue)}, "hello");
`,
  },
  {
    id: "go",
    label: "Go (amqp091-go)",
    install: "go get github.com/rabbitmq/amqp091-go",
    code: ({ host, port, vhost, user, queue }) => `package main

import (
	"context"
	"fmt"
	"log"
	"net/url"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	password := url.QueryEscape(os.Getenv("${passwordVariable}"))
	address := fmt.Sprintf("amqp://%s:%s@%s/%s", ${quoted(part(user))}, password, ${quoted(`${host}:${port}`)}, ${quoted(part(vhost))})
	connection := must(amqp.Dial(address))
	defer connection.Close()
	channel := must(connection.Channel())
	queue := must(channel.QueueDeclare(${quoted(queue)}, true, false, false, false, nil))

	// Publish: stored once the confirm is there.
	if err := channel.Confirm(false); err != nil {
		log.Fatal(err)
	}
	message := amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte("hello")}
	confirmation := must(channel.PublishWithDeferredConfirm("", queue.Name, false, false, message))
	must(confirmation.WaitContext(context.Background()))

	// Consume: at most ten at a time; acknowledge when the work is done.
	if err := channel.Qos(10, 0, false); err != nil {
		log.Fatal(err)
	}
	for delivery := range must(channel.Consume(queue.Name, "", false, false, false, false, nil)) {
		fmt.Println(string(delivery.Body))
		delivery.Ack(false)
	}
}
`,
  },
  {
    id: "bunny",
    label: "Ruby (Bunny)",
    install: "gem install bunny",
    code: ({ host, port, vhost, user, queue }) => `require "bunny"

connection = Bunny.new(
  host: ${rubyQuoted(host)}, port: ${port}, vhost: ${rubyQuoted(vhost)},
  username: ${rubyQuoted(user)}, password: ENV.fetch("${passwordVariable}")
)
connection.start
channel = connection.create_channel
queue = channel.queue(${rubyQuoted(queue)}, durable: true)

# Publish: stored once the confirm is there.
channel.confirm_select
queue.publish("hello", persistent: true)
channel.wait_for_confirms

# Consume: at most ten at a time; acknowledge when the work is done.
channel.prefetch(10)
queue.subscribe(manual_ack: true, block: true) do |delivery, _properties, body|
  puts body
  channel.ack(delivery.delivery_tag)
end
`,
  },
  {
    id: "curl",
    label: "curl (HTTP)",
    install: null,
    code: ({ origin, vhost, user, queue }) => {
      const login = `-u ${shellQuoted(user)}:"$${passwordVariable}" -H 'content-type: application/json'`;
      const place = `${origin}/api/queues/${part(vhost)}/${part(queue)}`;
      const publish = {
        routing_key: queue,
        properties: { delivery_mode: 2 },
        payload: "hello",
        payload_encoding: "string",
      };
      return `# Declare the queue, publish to it.
curl ${login} -X PUT ${shellQuoted(place)} -d '{"durable":true}'
curl ${login} ${shellQuoted(`${origin}/api/exchanges/${part(vhost)}/amq.default/publish`)} \\
  -d ${shellQuoted(JSON.stringify(publish))}

# Take one message for 30 s, waiting up to 20 s for it.
curl ${login} ${shellQuoted(`${place}/leases`)} \\
  -d '{"count":1,"visibility_timeout_ms":30000,"wait_ms":20000}'

# Done: acknowledge with the receipt that came with it. Without that the message comes again.
curl ${login} -X POST ${shellQuoted(`${origin}/api/leases/`)}RECEIPT/ack
`;
    },
  },
];
