/** What the questions of Administration look like: one schema for each, which is also where their meaning is written. */
import { z } from "zod";

/** Limit: RFC 5321 §4.5.3.1: a local part of 64 octets and a domain of 255. */
const NAME_CHARACTERS_MAX = 320;
const PASSWORD_CHARACTERS_MIN = 8;
/** Limit: of a password; longer ones only keep us busy. */
const PASSWORD_CHARACTERS_MAX = 1_024;
const LABEL_CHARACTERS_MAX = 100;

const name = z.string().min(1).max(NAME_CHARACTERS_MAX).describe("The account's whole address.");
const password = z
  .string()
  .min(PASSWORD_CHARACTERS_MIN, `a password has ${PASSWORD_CHARACTERS_MIN} characters or more`)
  .max(PASSWORD_CHARACTERS_MAX, `a password has ${PASSWORD_CHARACTERS_MAX} characters at most`)
  .regex(/^\P{Cc}*$/u, "a password has no control characters")
  .optional()
  .describe("Made here when absent.");
const generate = z.boolean().optional().describe("Say the password that was made.");
const scram = z.boolean().optional().describe("Keep SCRAM-SHA-256 keys as well (RFC 7677); yes when absent.");
const bound = z.int().nonnegative().nullable().optional().describe("Null: none. Absent: as it is.");
const label = z
  .string()
  .trim()
  .min(1)
  .max(LABEL_CHARACTERS_MAX)
  .regex(/^\P{Cc}*$/u)
  .describe("What it is for: phone.");

export const ADMINISTRATION_REQUESTS = {
  accounts: z.strictObject({ name: name.optional().describe("Only this one.") }),
  addAccount: z.strictObject({ name, password, generate, scram, quotaBytes: bound, quotaMessages: bound }),
  setPassword: z.strictObject({ name, password, generate, scram }),
  setQuota: z.strictObject({ name, quotaBytes: bound, quotaMessages: bound }),
  removeAccount: z.strictObject({ name }),
  addAppPassword: z.strictObject({ name, label }),
  removeAppPassword: z.strictObject({ name, which: z.string().describe("Its id or its name.") }),
  bans: z.strictObject({}),
  unban: z.strictObject({ address: z.string().optional().describe("All when absent.") }),
};

export type AdministrationRequests = {
  readonly [M in keyof typeof ADMINISTRATION_REQUESTS]: z.infer<(typeof ADMINISTRATION_REQUESTS)[M]>;
};
