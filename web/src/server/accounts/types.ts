/** An account as the API gives it. */
import type { accountSchema } from "../../../../src/server/http/admin/account-routes.ts";

export type AccountView = (typeof accountSchema)["_output"];
