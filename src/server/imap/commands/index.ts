/** Which handler does which verb. What has no line here is not offered (capabilities.ts says the same). */
import type { ImapVerb } from "../../../protocol/imap/command.ts";
import type { Handler } from "../execute.ts";
import { append } from "./append.ts";
import { authenticate, login } from "./authenticate.ts";
import { compress } from "./compress.ts";
import { copy, move } from "./copy.ts";
import { create } from "./create.ts";
import { deleteMailbox } from "./delete.ts";
import { enable } from "./enable.ts";
import { close, expunge, unselect } from "./expunge.ts";
import { fetch } from "./fetch.ts";
import { deleteAcl, getAcl, listRights, myRights, setAcl } from "./acl.ts";
import { id } from "./id.ts";
import { idle } from "./idle.ts";
import { list } from "./list.ts";
import { lsub } from "./lsub.ts";
import { getMetadata, setMetadata } from "./metadata.ts";
import { namespace } from "./namespace.ts";
import { getQuota, getQuotaRoot, setQuota } from "./quota.ts";
import { rename } from "./rename.ts";
import { replace } from "./replace.ts";
import { select } from "./select.ts";
import { capability, check, logout, noop, startTls, unauthenticate } from "./simple.ts";
import { notify } from "./notify.ts";
import { cancelUpdate, search } from "./search.ts";
import { uidBatches } from "./uid-batches.ts";
import { sort } from "./sort.ts";
import { esearch } from "./esearch.ts";
import { thread } from "./thread.ts";
import { status } from "./status.ts";
import { store } from "./store.ts";
import { subscribe, unsubscribe } from "./subscribe.ts";

export const HANDLERS: { readonly [Verb in ImapVerb]?: Handler<Verb> } = {
  capability,
  noop,
  logout,
  id,
  starttls: startTls,
  authenticate,
  login,
  unauthenticate,
  compress,
  enable,
  namespace,
  select,
  examine: (session, command) => select(session, command),
  create,
  delete: deleteMailbox,
  rename,
  subscribe,
  unsubscribe,
  list,
  lsub,
  status,
  append,
  idle,
  check,
  close,
  unselect,
  expunge,
  fetch,
  store,
  copy,
  move,
  replace,
  getquota: getQuota,
  getquotaroot: getQuotaRoot,
  setquota: setQuota,
  getacl: getAcl,
  setacl: setAcl,
  deleteacl: deleteAcl,
  listrights: listRights,
  myrights: myRights,
  getmetadata: getMetadata,
  setmetadata: setMetadata,
  search,
  sort,
  thread,
  esearch,
  cancelupdate: cancelUpdate,
  uidbatches: uidBatches,
  notify,
};
