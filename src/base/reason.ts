/** Why something was decided: what every decision in the journal carries, so that the server shows its work. */

export type Reason = {
  /** The rule that decided, in the field's words: `relaying denied`, `null MX`, `connector 2 matched`. */
  readonly rule: string;
  /** The setting that made it so, as its path in the settings file. */
  readonly setting?: string | undefined;
  /** `RFC 5321 §5.1`. */
  readonly rfc?: string | undefined;
  /** What would change it, in the imperative. */
  readonly change?: string | undefined;
  readonly detail?: string | undefined;
};
