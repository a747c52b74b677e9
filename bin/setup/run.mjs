import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import process from "node:process";

/** A reason why the set-up can't go on, in a sentence for the person at the terminal. */
export class SetupFailure extends Error {}

/** Makes sure that the set-up may write into the checkout. */
export function requireWritable(directory) {
  try {
    accessSync(directory, constants.W_OK);
  } catch {
    throw new SetupFailure(
      `this user may not write into ${directory}, where packages and the build belong: start Warren as the owner of that folder, or make a clone of your own.`,
    );
  }
}

/**
 * Runs a program of Node's quietly, under a line that tells what is done; its output is shown when it fails.
 * Ctrl-C and SIGTERM end it and this process.
 */
export async function runStep(title, args, environment = {}) {
  const began = Date.now();
  process.stdout.write(`${title} ...\n`);
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = [];
  child.stdout.on("data", (data) => output.push(data));
  child.stderr.on("data", (data) => output.push(data));
  const stop = (signal) => {
    child.kill("SIGTERM");
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.off("SIGINT", stop);
  process.off("SIGTERM", stop);
  if (code === 0) {
    process.stdout.write(`${title}: done in ${((Date.now() - began) / 1000).toFixed(0)} s\n`);
    return;
  }
  const text = Buffer.concat(output).toString("utf8");
  process.stdout.write(text);
  throw new SetupFailure(`${failureReason(text, title)}`);
}

function failureReason(text, title) {
  if (/ENOSPC|No space left on device/.test(text)) return "the disk is full: free some space and start again.";
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET)\b/.test(text)) {
    return `the npm registry can't be reached (${title}): check the network and npm's settings, and start again.`;
  }
  return `this step failed: ${title}. Its output is above.`;
}
