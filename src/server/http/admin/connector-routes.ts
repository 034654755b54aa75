/** Connectors in their order: read without their secrets, added, changed, moved and removed one by one. */
import { z } from "zod";
import { formatEndpoint } from "../../../base/network.ts";
import type { Connector } from "../../../settings/connector-settings.ts";
import { hostParams, hostRoute } from "./admin-place.ts";
import { changeSchema, changeView, REFUSAL_NOTE, revisionQuery } from "./change-view.ts";

export const connectorSchema = z.object({
  index: z.number().describe("From 0; the first that matches wins."),
  to: z.string(),
  from: z.string(),
  host: z.string().optional(),
  via: z.string().optional(),
  drop: z.string().optional(),
  webhook: z.string().optional(),
  reject: z.string().optional(),
  user: z.string().optional(),
  hasPassword: z.boolean(),
  hasSecret: z.boolean(),
  tls: z.string().optional(),
  protocol: z.string(),
});
export type ConnectorView = z.infer<typeof connectorSchema>;

const text = z.string().trim().min(1).optional();
/** As in the settings; what the settings refuse is answered with their words. */
const fields = {
  to: text,
  from: text,
  host: text,
  via: text,
  drop: text,
  webhook: text,
  reject: text,
  user: text,
  tls: text,
  protocol: text,
};
const secret = z.string().min(1).nullable().optional().describe("Absent: as it is. Null: none.");
const SECRETS = ["password", "secret"] as const;
const changeBody = z.strictObject({ ...fields, password: secret, secret });

const indexParams = hostParams.extend({ index: z.coerce.number().int().nonnegative() });
const ofConnector = "/hosts/:host/connectors/:index";

export const connectorRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/connectors",
      summary: "Who carries what where, in the order they are tried.",
      params: hostParams,
      answer: z.array(connectorSchema),
    },
    ({ at }) => at.host.settings.connectors.map(viewOf),
  ),
  hostRoute(
    {
      method: "post",
      path: "/hosts/:host/connectors",
      summary: "Adds a connector.",
      notes: REFUSAL_NOTE,
      params: hostParams,
      query: revisionQuery.extend({
        at: z.coerce.number().int().nonnegative().optional().describe("Its place; last when absent."),
      }),
      body: z.strictObject({
        ...fields,
        password: z.string().min(1).optional(),
        secret: z.string().min(1).optional(),
      }),
      answer: changeSchema,
      example: { path: "/hosts/presto/connectors", body: { to: "*", via: "smart.test" } },
    },
    async ({ at, who }, { query: { at: place, revision }, body }) => {
      const edits = [{ op: "insert" as const, path: ["connectors"], at: place, value: body }];
      const what = `added a connector for ${body.to ?? "*"}`;
      return changeView(await at.settings.edit({ edits, revision }, who, what));
    },
  ),
  hostRoute(
    {
      method: "put",
      path: ofConnector,
      summary: "Changes a connector.",
      notes: REFUSAL_NOTE,
      params: indexParams,
      query: revisionQuery,
      body: changeBody,
      answer: changeSchema,
    },
    async ({ at, who }, { params: { index }, query: { revision }, body }) => {
      const value = Object.fromEntries(Object.entries(body).filter(([, one]) => typeof one === "string"));
      const keep = SECRETS.filter((key) => body[key] === undefined);
      const edits = [{ op: "set" as const, path: ["connectors", index], value, keep }];
      const what = `changed connector ${index + 1}, for ${body.to ?? "*"}`;
      return changeView(await at.settings.edit({ edits, revision }, who, what));
    },
  ),
  hostRoute(
    {
      method: "delete",
      path: ofConnector,
      summary: "Removes a connector.",
      params: indexParams,
      query: revisionQuery,
      answer: changeSchema,
    },
    async ({ at, who }, { params: { index }, query: { revision } }) => {
      const edits = [{ op: "remove" as const, path: ["connectors", index] }];
      return changeView(await at.settings.edit({ edits, revision }, who, `removed connector ${index + 1}`));
    },
  ),
  hostRoute(
    {
      method: "post",
      path: `${ofConnector}/move`,
      summary: "Moves a connector to another place in the order.",
      params: indexParams,
      query: revisionQuery,
      body: z.strictObject({ to: z.int().nonnegative().describe("Its new place, from 0.") }),
      answer: changeSchema,
    },
    async ({ at, who }, { params: { index }, query: { revision }, body: { to } }) => {
      const edits = [{ op: "move" as const, path: ["connectors"], from: index, to }];
      const what = `moved connector ${index + 1} to place ${to + 1}`;
      return changeView(await at.settings.edit({ edits, revision }, who, what));
    },
  ),
];

function viewOf(connector: Connector, index: number): ConnectorView {
  const { password, secret: signing, via, ...rest } = connector;
  return {
    ...rest,
    index,
    via: typeof via === "object" ? formatEndpoint(via) : via,
    hasPassword: password !== undefined,
    hasSecret: signing !== undefined,
  };
}
