/** `lab down`, `ls`, `graph`, `reset`, `env`: the running lab as a whole. */
import type { Command } from "commander";
import type { HostView, InfoView } from "../../../lab/api/views.ts";
import type { LabGraph } from "../../../lab/runtime/graph.ts";
import type { LabSnippets } from "../../../lab/runtime/snippets.ts";
import { labClient } from "../../lab-client.ts";
import { mermaidGraph, printGraph } from "../../print/graph.ts";
import { styleFor } from "../../print/style.ts";
import { printTable } from "../../print/table.ts";
import { UsageError } from "../../usage-error.ts";
import { printJson, withLab, type LabOptions } from "./options.ts";

export function addDown(lab: Command): void {
  withLab(lab.command("down").description("end the running lab; its mail is gone")).action(
    async (options: LabOptions) => {
      await labClient(options.lab).post("/down");
      if (options.json === true) printJson({ down: true });
      else console.log("the lab is down");
    },
  );
}

export function addLs(lab: Command): void {
  withLab(lab.command("ls").description("hosts, doors, users")).action(async (options: LabOptions) => {
    const hosts = await labClient(options.lab).get<HostView[]>("/hosts");
    if (options.json === true) return printJson(hosts);
    const style = styleFor(process.stdout, process.env);
    const columns = [
      { title: "host", text: ({ name }: HostView) => name, paint: () => style.name },
      { title: "role", text: ({ role }: HostView) => role },
      { title: "name", text: ({ hostname }: HostView) => hostname },
      { title: "address", text: ({ addresses }: HostView) => addresses.join(" ") },
      { title: "queued", text: ({ queued }: HostView) => String(queued), right: true },
      {
        title: "doors",
        text: ({ doors }: HostView) => doors.map(({ url, virtual }) => url ?? virtual).join(" "),
      },
    ];
    process.stdout.write(printTable(hosts, columns, style, "no hosts"));
    return undefined;
  });
}

export function addGraph(lab: Command): void {
  withLab(lab.command("graph").description("who takes whose mail, and what makes it go there"))
    .option("--mermaid", "as a Mermaid diagram, for a README")
    .action(async (options: LabOptions & { mermaid?: true }) => {
      const graph = await labClient(options.lab).get<LabGraph>("/graph");
      if (options.json === true) printJson(graph);
      else if (options.mermaid === true) process.stdout.write(mermaidGraph(graph));
      else process.stdout.write(printGraph(graph, styleFor(process.stdout, process.env)));
    });
}

export function addReset(lab: Command): void {
  withLab(
    lab.command("reset").description("empty mailboxes, queues and the journal; faults of the file come back"),
  ).action(async (options: LabOptions) => {
    const info = await labClient(options.lab).post<InfoView>("/reset");
    if (options.json === true) printJson(info);
    else console.log(`${info.name} is as new`);
  });
}

export function addEnv(lab: Command): void {
  withLab(lab.command("env").description("how to point a program at the lab"))
    .argument("[library]", "nodemailer, python, php, rails, spring, dotnet, go, powershell")
    .addHelpText("after", '\nExamples:\n  eval "$(posthorn lab env)"\n  posthorn lab env python')
    .action(async (library: string | undefined, options: LabOptions) => {
      const { variables, snippets } = await labClient(options.lab).get<LabSnippets>("/env");
      if (options.json === true) return printJson({ variables, snippets });
      if (library === undefined) {
        for (const [name, value] of Object.entries(variables))
          console.log(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
        return undefined;
      }
      const snippet = snippets[library];
      if (snippet === undefined)
        throw new UsageError(
          `there is no snippet for "${library}"; there are: ${Object.keys(snippets).join(", ")}`,
        );
      console.log(snippet);
      return undefined;
    });
}
