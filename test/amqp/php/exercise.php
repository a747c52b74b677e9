<?php
// An exercise with php-amqplib: prints one line per thing that a program would rely on.
require_once '/usr/share/php/PhpAmqpLib/autoload.php';

use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

$connection = new AMQPStreamConnection('127.0.0.1', $argv[1], 'guest', 'guest');
$channel = $connection->channel();
$channel->confirm_select();
$channel->queue_declare('php.work', false, true, false, false, false, new AMQPTable(['x-max-priority' => 5]));
$properties = ['delivery_mode' => 2, 'application_headers' => new AMQPTable(['tenant' => 'acme', 'tries' => 2])];
foreach (['low' => 1, 'high' => 5] as $body => $priority) {
    $channel->basic_publish(new AMQPMessage($body, $properties + ['priority' => $priority]), '', 'php.work');
}
$channel->wait_for_pending_acks(10);
$channel->set_return_listener(function ($code, $text) { echo "returned $code $text\n"; });
$channel->basic_publish(new AMQPMessage('lost'), '', 'php.nowhere', true);
$channel->wait_for_pending_acks_returns(10);
$channel->basic_qos(0, 1, false);
$seen = 0;
$channel->basic_consume('php.work', '', false, false, false, false, function ($message) use (&$seen) {
    $headers = $message->get('application_headers')->getNativeData();
    echo "got {$message->getBody()} {$headers['tenant']} {$headers['tries']}\n";
    $message->ack();
    $seen++;
});
while ($seen < 2) $channel->wait(null, false, 10);
$channel->close();
$connection->close();
