/** The test kit: `import { startLab } from "posthorn/lab"`. */
export { startLab, LabFileError, type StartLabOptions } from "./open-lab.ts";
export {
  LabError,
  type ExpectationResult,
  type Lab,
  type LabClock,
  type LabDoor,
  type LabMode,
  type WaitOptions,
} from "./lab.ts";
export type { LabFileInput } from "./file/lab-file.ts";
export type { FaultBuilder, FaultDesk, FaultEntry } from "./kit/fault-desk.ts";
export type { Inbox } from "./kit/inbox.ts";
export type { LabLink, LabMail, MailTrace } from "./kit/lab-mail.ts";
export type { MailMatcher, TextMatcher } from "./kit/matcher.ts";
export type { SendAnswer, SendRequest } from "./runtime/send.ts";
