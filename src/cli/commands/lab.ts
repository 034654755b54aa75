/** `posthorn lab …`: which file has which of its commands. */
import type { Command } from "commander";

type AddLabCommand = (lab: Command) => void;

const COMMANDS: Record<string, () => Promise<AddLabCommand>> = {
  up: async () => (await import("./lab/up.ts")).addUp,
  down: async () => (await import("./lab/state.ts")).addDown,
  ls: async () => (await import("./lab/state.ts")).addLs,
  graph: async () => (await import("./lab/state.ts")).addGraph,
  reset: async () => (await import("./lab/state.ts")).addReset,
  env: async () => (await import("./lab/state.ts")).addEnv,
  validate: async () => (await import("./lab/validate.ts")).addValidate,
  send: async () => (await import("./lab/send.ts")).addSend,
  sendmail: async () => (await import("./lab/sendmail.ts")).addSendmail,
  smtp: async () => (await import("./lab/smtp.ts")).addSmtp,
  dig: async () => (await import("./lab/ask.ts")).addDig,
  why: async () => (await import("./lab/ask.ts")).addWhy,
  trace: async () => (await import("./lab/trace.ts")).addTrace,
  wait: async () => (await import("./lab/trace.ts")).addWait,
  mail: async () => (await import("./lab/mail.ts")).addMail,
  expect: async () => (await import("./lab/expect.ts")).addExpect,
  queue: async () => (await import("./lab/queue.ts")).addQueue,
  clock: async () => (await import("./lab/clock.ts")).addClock,
  fault: async () => (await import("./lab/fault.ts")).addFault,
  scenario: async () => (await import("./lab/scenario.ts")).addScenario,
};

const EXAMPLES = `
Examples:
  posthorn lab up                                   the example network
  posthorn lab up mail.lab.yaml                     your own
  posthorn lab send --to bob@nemesis.test --from ann@arch.test
  posthorn lab trace --last                         one message's journey on a page
  posthorn lab why bob@nemesis.test --from presto   where mail would go, and why
  posthorn lab dig nemesis.test MX
  posthorn lab clock advance 4h                     let retries come due
  posthorn lab scenario test --all`;

/** Only the command that is called for is loaded; all of them for help. */
export async function addLab(program: Command, args: readonly string[]): Promise<void> {
  const lab = program
    .command("lab")
    .description("a whole mail internet on this machine")
    .addHelpText("after", EXAMPLES);
  const wanted = COMMANDS[args[1] ?? ""];
  const loaders = wanted === undefined ? Object.values(COMMANDS) : [wanted];
  for (const load of loaders) (await load())(lab);
}
