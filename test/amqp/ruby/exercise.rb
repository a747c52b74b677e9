# An exercise with Bunny: prints one line per thing that a program would rely on.
require "bunny"

connection = Bunny.new(ARGV[0])
connection.start
channel = connection.create_channel
channel.confirm_select
queue = channel.queue("bunny.work", durable: true, arguments: { "x-dead-letter-exchange" => "bunny.dead" })
dead = channel.fanout("bunny.dead")
grave = channel.queue("bunny.grave", durable: true).bind(dead)
queue.publish("first", persistent: true, headers: { "tenant" => "acme", "tries" => 2 })
queue.publish("second", persistent: true)
puts "confirmed #{channel.wait_for_confirms}"
info, properties, body = queue.pop(manual_ack: true)
puts "got #{body} #{properties.headers["tenant"]} #{properties.headers["tries"]} #{properties.delivery_mode}"
channel.nack(info.delivery_tag, false, true)
info, _, body = queue.pop(manual_ack: true)
puts "again #{body} #{info.redelivered?}"
channel.reject(info.delivery_tag, false)
_, properties, body = grave.pop
puts "dead #{body} #{properties.headers["x-death"].first["reason"]}"
seen = Queue.new
queue.subscribe(manual_ack: true) { |delivery, _, text| channel.ack(delivery.delivery_tag); seen << text }
puts "consumed #{seen.pop}"
begin
  connection.create_channel.queue("bunny.work", durable: false)
rescue Bunny::PreconditionFailed => e
  puts "refused #{e.message[/\APRECONDITION_FAILED/]}"
end
connection.close
