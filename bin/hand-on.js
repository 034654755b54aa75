// Runs a program in our place: it has our terminal, hears the signals that are meant for us, and its end is our end.
import { spawn } from "node:child_process";

/** Never settles before the program has ended. */
export function handOn(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit" });
    const signals = ["SIGTERM", "SIGHUP", "SIGINT"];
    for (const signal of signals) {
      process.on(signal, () => {
        // Ctrl-C at a terminal reaches the program by itself; twice would cut its goodbye short.
        if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
      });
    }
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const one of signals) process.removeAllListeners(one);
      if (signal !== null) process.kill(process.pid, signal);
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
