/** How a person likes their mail: kept with the account, so that it is the same in every browser. */
import type { AccountMail } from "../../../store/account-mail.ts";
import { readEntry, writeEntry } from "./metadata-json.ts";
import { type MailSettingsChange, mailSettingsSchema, type MailSettingsView } from "./views.ts";

const DEFAULTS: MailSettingsView = mailSettingsSchema.parse({});

/** What cannot be read any more is as if it had never been set. */
export function readSettings(mail: AccountMail): MailSettingsView {
  const stored = readEntry(mail, "settings");
  if (typeof stored !== "object" || stored === null) return DEFAULTS;
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(mailSettingsSchema.shape)) {
    const parsed = schema.safeParse((stored as Record<string, unknown>)[name]);
    if (parsed.success) settings[name] = parsed.data;
  }
  return { ...DEFAULTS, ...settings };
}

export async function changeSettings(
  mail: AccountMail,
  change: MailSettingsChange,
): Promise<MailSettingsView> {
  const next = mailSettingsSchema.parse({ ...readSettings(mail), ...change });
  const identities = next.identities.map((one) => ({ ...one, id: one.id.toLowerCase() }));
  const settings = { ...next, identities, defaultIdentity: next.defaultIdentity.toLowerCase() };
  await writeEntry(mail, "settings", settings);
  return settings;
}
