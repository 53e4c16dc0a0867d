// Talking to the inbox.

import { named } from "./texts.js";

let check = "";

/** Why a request failed, in words for the agent. */
export class Failure extends Error {
  constructor(status, refusal) {
    super(named("why", refusal?.error || "offline"));
    this.status = status;
    this.detail = refusal?.detail || "";
    this.retryAfter = refusal?.retry_after_s || 0;
  }
  /** Whether sending the same again may help. */
  get passes() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

async function request(method, path, body) {
  const headers = check ? { "x-helpnook-check": check } : {};
  let answer;
  try {
    answer = await fetch(`/agent/api/${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(20000),
    });
  } catch {
    throw new Failure(0);
  }
  const value = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Failure(answer.status, value);
  return value;
}

/** Who is signed in; nothing when nobody is. */
export async function me() {
  const value = await request("GET", "me");
  check = value?.check ?? "";
  return value;
}

export async function signIn(name, password) {
  const value = await request("POST", "session", { name, password });
  check = value.check;
  return value;
}

export const signOut = () => request("DELETE", "session");
export const setAway = (away) => request("PUT", "me/away", { away });
export const list = (closed) => request("GET", `conversations?closed=${closed}`);
export const conversation = (id, after) => request("GET", `conversations/${id}?after=${after}`);
export const seen = (id, cursor) => request("PUT", `conversations/${id}/seen`, { cursor });
export const setClosed = (id, closed) => request("PUT", `conversations/${id}/closed`, { closed });
export const typing = (id, on) => request("PUT", `conversations/${id}/typing`, { on });
export const desk = () => request("GET", "desk");
export const assign = (id, to) => request("PUT", `conversations/${id}/assigned`, { to });
export const setTopic = (id, topic) => request("PUT", `conversations/${id}/topic`, { topic });
export const draft = (article) => request("POST", "drafts", article);
export const articles = (lang, q) => request("GET", `articles?${new URLSearchParams({ lang, q })}`);

/** Sends a message (text, attachments, choices); the same id may be sent as often as needed. */
export const reply = (id, message, said) => surely("PUT", `conversations/${id}/messages/${message}`, said);

/** Keeps a note, likewise. */
export const note = (id, note, { text }) => surely("PUT", `conversations/${id}/notes/${note}`, { text });

/** Sends a file; says how much of it has left, 0 to 1. */
export function upload(id, file, body, progress) {
  return new Promise((done, fail) => {
    // Only this kind of request tells how far it is.
    const request = new XMLHttpRequest();
    request.open("PUT", `/agent/api/conversations/${id}/files/${file}?${new URLSearchParams({ name: body.name })}`);
    request.setRequestHeader("x-helpnook-check", check);
    request.responseType = "json";
    request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => (request.status === 200 ? done(request.response) : fail(new Failure(request.status, request.response)));
    request.onerror = () => fail(new Failure(0));
    request.send(body);
  });
}

/** Tries again where that may help. */
async function surely(method, path, body) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await request(method, path, body);
    } catch (failure) {
      if (!failure.passes || tries >= 4) throw failure;
      const wait = Math.max(failure.retryAfter * 1000, 500 * 2 ** tries * Math.random());
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** Listens to what happens; says when the connection is there, lost, or refused. */
export function live(handlers) {
  const source = new EventSource("/agent/api/live");
  for (const name of ["row", "gone", "typing", "reload", "availability"]) {
    source.addEventListener(name, (event) => handlers[name]?.(JSON.parse(event.data)));
  }
  source.addEventListener("open", () => handlers.open());
  source.addEventListener("error", () => handlers.lost(source.readyState === EventSource.CLOSED));
  return source;
}
