/**
 * From the text of a lab file (or the same as a value) to a plan. Every mistake comes back with file, line and column,
 * those inside raw zones too; a file with any mistake gives no plan.
 */
import { isMap, isScalar, LineCounter, parse, parseDocument, type Scalar } from "yaml";
import { toAsciiDomain } from "../../base/domain-name.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { canonicalName } from "../../protocol/dns/name.ts";
import { lintZones, type ZoneLint } from "../../protocol/dns/zone-lints.ts";
import { parseZoneFile, type PlacedRecord } from "../../protocol/dns/zone-file.ts";
import { expectation } from "../../settings/expectation.ts";
import { parseYamlSettings, type SettingsProblem } from "../../settings/yaml-file.ts";
import type { FaultEntry } from "../faults/fault.ts";
import { canonical, planAddresses } from "./addresses.ts";
import { withAsciiNames } from "./ascii-names.ts";
import { labFileSchema } from "./check-lab-file.ts";
import { deriveSettings } from "./derive-settings.ts";
import type { LabFile, LabFileInput } from "./lab-file.ts";
import { LAB_DOMAIN, planHostnames } from "./names.ts";
import type { LabPlan, LabWarning, PlannedHost } from "./plan.ts";
import { planZones } from "./zones.ts";

type Problems = readonly SettingsProblem[];
/** Where line `line`, column `column` of the raw zone `origin` stands in the file. */
type Locate = (origin: string, line: number, column: number) => { line: number; column: number };

export function readLabFile(text: string, fileName: string): Result<LabPlan, Problems> {
  const parsed = parseYamlSettings(text, fileName, labFileSchema);
  return parsed.ok ? planLab(parsed.value, faultsOf(parse(text)), fileName, locateInYaml(text)) : parsed;
}

/** The same from a value, as test kits and scenarios write it. Problems then have no line of their own. */
export function readLabObject(input: LabFileInput, name = "lab"): Result<LabPlan, Problems> {
  const parsed = labFileSchema.safeParse(input);
  if (parsed.success)
    return planLab(parsed.data, faultsOf(input), name, (_, line, column) => ({ line, column }));
  const problems = parsed.error.issues.flatMap((issue) => expectation(issue, labFileSchema));
  return err(
    problems.map(({ path, message }) => ({ file: name, line: 1, column: 1, path: path.join("."), message })),
  );
}

/** Faults as they were written: the fault box reads them itself, and shows them so. */
function faultsOf(file: unknown): FaultEntry[] {
  return (file as { faults?: FaultEntry[] } | null)?.faults ?? [];
}

function planLab(
  given: LabFile,
  faults: readonly FaultEntry[],
  fileName: string,
  locate: Locate,
): Result<LabPlan, Problems> {
  const file = withAsciiNames(withNameServer(given));
  const problems: SettingsProblem[] = [];
  const warnings: LabWarning[] = [];
  const raw = new Map<string, PlacedRecord[]>();
  const warn = (origin: string | undefined, { message, rfc, line }: ZoneLint): void => {
    const at = origin === undefined || line === undefined ? undefined : locate(origin, line, 1).line;
    if (!warnings.some((one) => one.message === message)) warnings.push({ message, rfc, line: at });
  };
  for (const [key, text] of Object.entries(file.zones)) {
    const zone = parseZoneFile(text, { origin: key });
    if (!zone.ok) {
      for (const { line, column, message, expected } of zone.error)
        problems.push({
          file: fileName,
          ...locate(key, line, column),
          path: `zones.${key}`,
          message: `${message}; expected ${expected}`,
        });
      continue;
    }
    raw.set(canonicalName(key), [...zone.value.records]);
    for (const lint of zone.value.lints) warn(key, lint);
  }
  if (problems.length > 0) return err(problems);

  const addresses = planAddresses(file);
  const hostnames = planHostnames(file);
  const sources = { file, addresses, hostnames, raw };
  const zones = planZones(sources);
  for (const lint of lintZones(zones)) warn(undefined, lint);
  const hosts = Object.entries(file.hosts).map(([name, host]): PlannedHost => {
    const role = host.role ?? (host.outside === undefined ? "mailbox" : "outside");
    const serves = role !== "dns" && host.outside === undefined;
    const { settings, passwords } = serves
      ? deriveSettings(sources, name)
      : { settings: undefined, passwords: new Map() };
    return {
      name,
      role,
      hostname: hostnames.get(name) ?? name,
      addresses: (addresses.hosts.get(name) ?? []).map(canonical),
      settings,
      passwords,
      forward: forwarder(host.forward),
      outside: host.outside,
      as: host.as,
    };
  });
  return ok({
    name: file.lab,
    seed: file.seed,
    clock: file.clock,
    network: { ipv4: file.network.ipv4, ipv6: file.network.ipv6 },
    you: { address: addresses.you, hostname: `you.${LAB_DOMAIN}` },
    hosts,
    zones,
    faults,
    magic: file.magic,
    uplink: file.uplink?.allow ?? [],
    recipients: file.uplink?.recipients ?? [],
    expect: file.expect,
    warnings,
  });
}

/** A lab always has a name server: mail does not move without one. */
function withNameServer(file: LabFile): LabFile {
  if (Object.values(file.hosts).some(({ role }) => role === "dns")) return file;
  const name = file.hosts["dns"] === undefined ? "dns" : "nameserver";
  return { ...file, hosts: { [name]: { role: "dns" }, ...file.hosts } };
}

function forwarder(text: string | undefined): PlannedHost["forward"] {
  if (text === undefined || text === "none" || text === "system") return text ?? "none";
  return { address: text, port: 53 };
}

/** Follows a place in a block scalar back into the YAML around it. */
function locateInYaml(text: string): Locate {
  return (origin, line, column) => {
    const lines = new LineCounter();
    const { contents } = parseDocument(text, { lineCounter: lines });
    const zones: unknown = isMap(contents) ? contents.get("zones", true) : undefined;
    const pair = isMap(zones)
      ? zones.items.find(({ key }) => isScalar(key) && toAsciiDomain(String(key.value)) === origin)
      : undefined;
    const node = pair?.value as Scalar | undefined;
    const start = lines.linePos(node?.range?.[0] ?? 0);
    if (node?.type !== "BLOCK_LITERAL") return { line: start.line, column: start.col };
    const source = text.split("\n");
    const first = source[start.line] ?? "";
    const indent = first.length - first.trimStart().length;
    return { line: start.line + line, column: indent + column };
  };
}
