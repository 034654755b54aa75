/** Uploads a file with its progress told; fetch cannot tell it. Rejects with ApiError, or with AbortError when stopped. */
import type { UploadView } from "../../../../src/server/http/mail/views.ts";
import { ApiError } from "$lib/api.ts";
import { MAIL_API } from "../mail-api.ts";

export function uploadFile(
  file: File,
  onprogress: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadView> {
  return new Promise((resolve, reject) => {
    const query = new URLSearchParams({ name: file.name === "" ? "file" : file.name });
    if (file.type !== "") query.set("type", file.type);
    const request = new XMLHttpRequest();
    request.open("POST", `${MAIL_API}/uploads?${query.toString()}`);
    request.setRequestHeader("x-posthorn", "1");
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onprogress(total === 0 ? 1 : loaded / total);
    request.onerror = () => reject(new ApiError("Posthorn does not answer. Is it still running?", 0));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve(answer as UploadView);
      const { error } = answer as { error?: string };
      reject(new ApiError(error ?? `The server answered ${request.status}`, request.status));
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
