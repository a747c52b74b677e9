/**
 * Feeds a million mutated frames, or as many as asked for, to the AMQP parser, and then sends as many over connections
 * to a server: `npx tsx test/amqp/fuzz.ts [frames] [seed]`. Ends with code 1 at the first that isn't refused in an
 * orderly way. Takes about two minutes for a million.
 */
import { attack } from "@/test/amqp/hostile";
import { feedMutations } from "@/test/amqp/mutations";

const frames = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);
console.log(feedMutations(frames, seed));
console.log(await attack(frames, seed));
