"""Publishes tasks as in RabbitMQ's work-queue tutorial: a durable queue and persistent messages."""
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.queue_declare(queue="task_queue", durable=True)
for message in sys.argv[2:]:
    channel.basic_publish(
        exchange="",
        routing_key="task_queue",
        body=message,
        properties=pika.BasicProperties(delivery_mode=2),
    )
connection.close()
