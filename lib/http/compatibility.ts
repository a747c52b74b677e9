/** The version of RabbitMQ whose behaviour Warren follows: what its clients look at to decide what they may use. */
export const RABBITMQ_VERSION = "4.1.0";
/** RabbitMQ's API names the node of a queue. Every node of Warren's serves every queue, so they have one name. */
export const NODE_NAME = "warren";
