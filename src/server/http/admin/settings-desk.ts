/**
 * Where an administrator reads and changes the settings of one host: shown without secrets, checked with the words of
 * `posthorn serve --check`, taken up whole or not at all, undone by one step. Who keeps them (a file, a lab's plan) is
 * behind SettingsKeeper. One change at a time; it outlives the host that it restarts.
 */
import { createHash } from "node:crypto";
import { isFault } from "../../../base/fault.ts";
import { err, ok, type Result } from "../../../base/result.ts";
import type { World } from "../../../base/world.ts";
import { editSettings, type SettingsEdit } from "../../../settings/edit-settings.ts";
import { hideSecrets, restoreSecrets } from "../../../settings/hidden-secrets.ts";
import { hostSettingsSchema } from "../../../settings/check-settings.ts";
import type { HostSettings } from "../../../settings/host-settings.ts";
import { type DiffLine, diffLines } from "../../../settings/line-diff.ts";
import { parseYamlSettings, type SettingsProblem } from "../../../settings/yaml-file.ts";
import { OpenRelayError, refuseOpenRelay } from "../../host/open-relay.ts";
import { ApiError } from "../api-error.ts";

/** Keeps the text, and has the host run by it. */
export type SettingsKeeper = {
  /** The file, or what stands for one. */
  readonly where: string;
  /** False: changes are of this run only. */
  readonly isFile: boolean;
  /** Taking a text up ends the connection over which it was asked. */
  readonly severs: boolean;
  read(): Promise<string>;
  /** The text before the last change; undefined when there was none. */
  previous(): Promise<string | undefined>;
  /** By which the host runs now. */
  running(): string;
  /** What only a restart of the program, or nothing, could bring about. */
  objections(settings: HostSettings): readonly { readonly path: string; readonly message: string }[];
  /** "No": the host runs as before, and so is the text. Rejects with a Fault of the disk; the same holds then. */
  take(text: string, settings: HostSettings): Promise<Result<undefined, string>>;
};

export type SettingsChange = {
  readonly id: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly state: "under way" | "done" | "refused";
  /** Why it was refused; empty while it was not. */
  readonly reason: string;
};

export type SettingsText = {
  readonly where: string;
  readonly isFile: boolean;
  readonly revision: string;
  /** Without secrets; empty when it is not YAML any more. */
  readonly text: string;
  readonly problems: readonly SettingsProblem[];
  /** False: the file was changed by hand, and the host still runs by the text it was started with. */
  readonly takenUp: boolean;
  readonly canUndo: boolean;
  readonly change: SettingsChange | undefined;
};

export type CheckedText = {
  readonly problems: readonly SettingsProblem[];
  /** What is good, and may not be meant. */
  readonly warnings: readonly string[];
  readonly diff: readonly DiffLine[];
};

export type EditsAsked = {
  readonly edits: readonly SettingsEdit[];
  /** Of the text they were thought out for; absent: whatever it is now. */
  readonly revision?: string | undefined;
};

export type SettingsDesk = {
  read(): Promise<SettingsText>;
  /** `text` as it was shown, edited. */
  check(text: string, who: string): Promise<CheckedText>;
  /** What edits would make of the text. */
  preview(edits: readonly SettingsEdit[], who: string): Promise<CheckedText>;
  /** Throws ApiError: 409 when `revision` is no more, 400 with the problems. */
  replace(asked: { text: string; revision: string }, who: string): Promise<SettingsChange>;
  edit(asked: EditsAsked, who: string, what: string): Promise<SettingsChange>;
  undo(who: string): Promise<SettingsChange>;
  /** With its secrets: for looking up lines, never for an answer. */
  rawText(): Promise<string>;
};

export type SettingsDeskOptions = {
  readonly keeper: SettingsKeeper;
  readonly world: Pick<World, "clock">;
  /** For the journal. */
  readonly audit: (who: string, what: string) => void;
};

/** The answer must have left before the connection goes. */
const BEFORE_SEVERING_MS = 250;

export function createSettingsDesk({ keeper, world, audit }: SettingsDeskOptions): SettingsDesk {
  let change: SettingsChange | undefined;
  let changes = 0;

  async function take(text: string, who: string, what: string): Promise<SettingsChange> {
    if (change?.state === "under way")
      throw new ApiError(409, `a change of ${change.who} is just being taken up: try again in a moment`);
    const read = readSettings(text, keeper);
    if (!read.ok) {
      const problems = read.error.map(({ path, message }) => ({ path, message }));
      throw new ApiError(400, problems.map(({ path, message }) => colon(path, message)).join("; "), problems);
    }
    const begun: SettingsChange = {
      id: ++changes,
      at: world.clock.now(),
      who,
      what,
      state: "under way",
      reason: "",
    };
    change = begun;
    const finish = async (): Promise<SettingsChange> => {
      const done = await takenBy(keeper, text, read.value);
      change = { ...begun, state: done.ok ? "done" : "refused", reason: done.ok ? "" : done.error };
      audit(who, done.ok ? what : `could not ${what}: ${done.error}`);
      return change;
    };
    if (!keeper.severs) return finish();
    world.clock.after(BEFORE_SEVERING_MS, () => void finish());
    return begun;
  }

  async function refuseStale(revision: string | undefined): Promise<void> {
    if (revision === undefined || revisionOf(await keeper.read()) === revision) return;
    throw new ApiError(409, "the settings were changed meanwhile: read them again, then change them");
  }

  async function restored(shown: string): Promise<string> {
    const whole = restoreSecrets(shown, await keeper.read());
    if (!whole.ok) throw new ApiError(400, whole.error, [{ path: "text", message: whole.error }]);
    return whole.value;
  }

  async function edited(edits: readonly SettingsEdit[]): Promise<string> {
    const text = editSettings(await keeper.read(), edits);
    if (!text.ok) throw new ApiError(409, text.error);
    return text.value;
  }

  async function checked(text: string, who: string): Promise<CheckedText> {
    const current = await keeper.read();
    const read = readSettings(text, keeper);
    return {
      problems: read.ok ? [] : read.error,
      warnings: read.ok ? warningsOf(read.value, current, keeper, who) : [],
      diff: diffLines(hideSecrets(current) ?? "", hideSecrets(text) ?? ""),
    };
  }

  return {
    rawText: () => keeper.read(),
    async read() {
      const text = await keeper.read();
      const parsed = readSettings(text, keeper);
      return {
        where: keeper.where,
        isFile: keeper.isFile,
        revision: revisionOf(text),
        text: hideSecrets(text) ?? "",
        problems: parsed.ok ? [] : parsed.error,
        takenUp: text === keeper.running(),
        canUndo: (await keeper.previous()) !== undefined,
        change,
      };
    },
    check: async (text, who) => checked(await restored(text), who),
    preview: async (edits, who) => checked(await edited(edits), who),
    async replace({ text, revision }, who) {
      await refuseStale(revision);
      return take(await restored(text), who, "changed the settings as a text");
    },
    async edit({ edits, revision }, who, what) {
      await refuseStale(revision);
      return take(await edited(edits), who, what);
    },
    async undo(who) {
      const text = await keeper.previous();
      if (text === undefined) throw new ApiError(409, "there is no earlier text to go back to");
      return take(text, who, "went back to the settings before the last change");
    },
  };
}

function revisionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Whoever asked may be gone by now: what goes wrong is a reason to be read later, not a rejection. */
async function takenBy(
  keeper: SettingsKeeper,
  text: string,
  settings: HostSettings,
): Promise<Result<undefined, string>> {
  try {
    return await keeper.take(text, settings);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return err(isFault(error) ? detail : `this is a bug of the server: ${detail}`);
  }
}

function readSettings(
  text: string,
  keeper: SettingsKeeper,
): Result<HostSettings, readonly SettingsProblem[]> {
  const file = keeper.isFile ? (keeper.where.split("/").at(-1) ?? "") : "settings";
  const parsed = parseYamlSettings(text, file, hostSettingsSchema);
  if (!parsed.ok) return parsed;
  const objections = [...keeper.objections(parsed.value), ...openRelay(parsed.value)];
  if (objections.length === 0) return ok(parsed.value);
  return err(objections.map((one) => ({ file, line: 1, column: 1, ...one })));
}

function openRelay(settings: HostSettings): { path: string; message: string }[] {
  try {
    refuseOpenRelay(settings);
    return [];
  } catch (error) {
    if (!(error instanceof OpenRelayError)) throw error;
    return [{ path: "relayFrom", message: error.message }];
  }
}

function warningsOf(next: HostSettings, current: string, { severs }: SettingsKeeper, who: string): string[] {
  if (!severs) return [];
  const warnings: string[] = [];
  if (!next.administrators.some((one) => one.toLowerCase() === who.toLowerCase()))
    warnings.push(`"administrators" does not name ${who} any more: you could not change this back here`);
  if (!next.listen.some(({ service }) => service === "http" || service === "https"))
    warnings.push('no door under "listen" is http or https any more: this page would not come back');
  const before = parseYamlSettings(current, "", hostSettingsSchema);
  if (before.ok && before.value.hostname !== next.hostname)
    warnings.push(`the host name changes to ${next.hostname}: its DNS records must change, too`);
  return warnings;
}

function colon(path: string, message: string): string {
  return path === "" ? message : `${path}: ${message}`;
}
