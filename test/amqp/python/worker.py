"""A worker as in RabbitMQ's work-queue tutorial: one unacknowledged task at a time, a second of work for every dot."""
import sys
import time

import pika

connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.queue_declare(queue="task_queue", durable=True)
print("waiting", flush=True)


def callback(ch, method, properties, body):
    print(f"received {body.decode()} {method.redelivered}", flush=True)
    time.sleep(body.count(b"."))
    print(f"done {body.decode()}", flush=True)
    ch.basic_ack(delivery_tag=method.delivery_tag)


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue="task_queue", on_message_callback=callback)
channel.start_consuming()
