"""Publishes and gets a message over TLS, as the user of its certificate: external.py PORT CA CERT KEY."""
import ssl
import sys

import pika

port, ca, cert, key = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
connection = pika.BlockingConnection(
    pika.ConnectionParameters(
        "localhost",
        int(port),
        credentials=pika.credentials.ExternalCredentials(),
        ssl_options=pika.SSLOptions(context, "localhost"),
    )
)
channel = connection.channel()
channel.queue_declare("external")
channel.basic_publish("", "external", b"hello")
_, _, body = channel.basic_get("external", auto_ack=True)
print(body)
connection.close()
