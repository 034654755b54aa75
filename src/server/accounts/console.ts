/** All that can be asked at a server's console, as one set of methods: its accounts, and mail brought in. */
import { ADMINISTRATION_REQUESTS } from "./administration-requests.ts";
import { type Administration, type AdministrationParts, createAdministration } from "./administration.ts";
import { type Ask, askOf, methodsOver } from "./asked.ts";
import { createIntake, type Intake, INTAKE_REQUESTS } from "./intake.ts";

export type Console = Administration & Intake;

const REQUESTS = { ...ADMINISTRATION_REQUESTS, ...INTAKE_REQUESTS };

/** Answers questions as they come in, checked first. */
export function createConsole(parts: AdministrationParts): Ask {
  return askOf(REQUESTS, { ...createAdministration(parts), ...createIntake(parts.store) });
}

/** A console at the other end of `ask`. */
export function consoleOver(ask: Ask): Console {
  return methodsOver<Console>(REQUESTS, ask);
}
