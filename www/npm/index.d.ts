/** What the widget can show. */
export type Screen = "home" | "search" | "article" | "chat" | "contact";

/** How the widget looks. */
export type Theme = "auto" | "light" | "dark" | "host";

/** What may help on this page, the best first. */
export interface Advice {
  /** Name of the product, when the page is about one. */
  product: string;
  /** Ids of articles, each with how well it fits, 0 to 1. */
  suggestions: { id: string; score: number }[];
}

/** What is told of the page: each name is one that rules and articles may use. */
export type Facts = Record<string, string | number | boolean>;

/** What happened, by the name under which `on` hears of it; the element gives the same as `help:` events. */
export interface Events {
  opened: { screen: Screen };
  closed: undefined;
  searched: { query: string; hits: number };
  "article-viewed": { id: string; title?: string };
  "article-voted": { id: string; helped: boolean };
  /** Why it did not help. */
  "article-explained": { id: string; reason: "off" | "unclear" | "old" | "unhappy" };
  signal: { name: string };
  said: { say: string; arm?: string };
  consent: { state: Consent };
  "chat-started": object;
  "message-sent": object;
  "message-failed": object;
  "message-received": object;
  "chat-deleted": object;
  "chat-state": { state: "idle" | "connecting" | "queued" | "open" | "ended" | "lost" | "failed"; agent: string };
  surveyed: { scale: "csat" };
  rated: { scale: "csat"; score: 1 | 2 | 3 | 4 | 5 };
}

/** Whether what happens may be told to others than the shop. */
export type Consent = "granted" | "denied";

/** The widget's commands. Each gives a promise; called before the widget is there, they wait for it. */
export interface Helpnook {
  (command: "open", screen?: Screen, what?: string): Promise<void>;
  (command: "close"): Promise<void>;
  (command: "search", query: string): Promise<void>;
  (command: "article", id?: string): Promise<void>;
  (command: "flow", id: string): Promise<void>;
  (command: "suggest"): Promise<Advice | undefined>;
  (command: "context", facts: Facts): Promise<void>;
  (command: "identify", shopper: Facts): Promise<void>;
  /** Without a language: that of the page again. */
  (command: "locale", language?: string): Promise<void>;
  (command: "theme", theme: Theme): Promise<void>;
  (command: "consent", state: Consent): Promise<void>;
  /** Gives what ends the listening. */
  <Name extends keyof Events>(command: "on", name: Name, run: (detail: Events[Name]) => void): Promise<() => void>;
  <Name extends keyof Events>(command: "off", name: Name, run?: (detail: Events[Name]) => void): Promise<void>;
  (command: "forget"): Promise<void>;
  (command: "survey"): Promise<void>;
  (command: "destroy"): Promise<void>;
}

/** Settings of the tag, without their `data-`: see the table in the README of Helpnook. */
export interface Settings {
  /** Address of `helpnook.js` as you serve it; `/help/helpnook.js` when nothing is said. */
  src?: string;
  /** Hash of that file, as `cargo xtask dist` prints it. */
  integrity?: string;
  /** Nonce of the page's policy. */
  nonce?: string;
/*SETTINGS*/
}

/** Gives a command to the widget. */
export const helpnook: Helpnook;
export default helpnook;

/** Puts the tag on the page, once however many parts of it ask; gives what takes it away again. */
export function start(settings?: Settings): () => void;

declare global {
  interface Window {
    Helpnook?: Helpnook & { version?: number };
  }
  const Helpnook: Helpnook;
  interface HTMLElementTagNameMap {
    "help-nook": HTMLElement;
  }
  interface HTMLElementEventMap {
    "help:opened": CustomEvent<Events["opened"]>;
    "help:closed": CustomEvent<Events["closed"]>;
    "help:searched": CustomEvent<Events["searched"]>;
    "help:article-viewed": CustomEvent<Events["article-viewed"]>;
    "help:article-voted": CustomEvent<Events["article-voted"]>;
    "help:article-explained": CustomEvent<Events["article-explained"]>;
    "help:signal": CustomEvent<Events["signal"]>;
    "help:said": CustomEvent<Events["said"]>;
    "help:consent": CustomEvent<Events["consent"]>;
    "help:message-received": CustomEvent<Events["message-received"]>;
  }
}
