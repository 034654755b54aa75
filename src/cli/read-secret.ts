/**
 * A password from a person or a program: asked for twice without an echo on a terminal, else the first line of standard
 * input. Never from the command line, which every user of the machine can read.
 */
import { UsageError } from "./usage-error.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const BACKSPACE = new Set(["\u007f", "\b"]);
/** Limit: of what is typed or piped in. */
const CHARACTERS_MAX = 10_000;

export async function readNewSecret(whose: string): Promise<string> {
  if (!process.stdin.isTTY) return readPiped();
  const first = await ask(`new password for ${whose}: `);
  const again = await ask("once more: ");
  if (first !== again) throw new UsageError("the two are not the same: nothing was changed");
  return first;
}

export async function readSecret(prompt: string): Promise<string> {
  return process.stdin.isTTY ? ask(`${prompt}: `) : readPiped();
}

async function readPiped(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8") as AsyncIterable<string>) {
    text += piece;
    if (text.includes("\n") || text.length > CHARACTERS_MAX) break;
  }
  const [line = ""] = text.split(/\r?\n/);
  if (line === "")
    throw new UsageError("a password was expected on standard input: pipe one in, or use a terminal");
  return line;
}

function ask(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true).setEncoding("utf8").resume();
  return new Promise((resolve, reject) => {
    let typed = "";
    const done = (finish: () => void): void => {
      stdin.off("data", heard).setRawMode(false).pause();
      stderr.write("\n");
      finish();
    };
    const heard = (text: string): void => {
      for (const character of text) {
        if (character === CTRL_C || character === CTRL_D)
          return done(() => reject(new UsageError("nothing was changed", 130)));
        if (character === "\r" || character === "\n") return done(() => resolve(typed));
        if (BACKSPACE.has(character)) typed = typed.slice(0, -1);
        else if (typed.length < CHARACTERS_MAX) typed += character;
      }
    };
    stdin.on("data", heard);
  });
}
