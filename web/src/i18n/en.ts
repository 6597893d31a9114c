/** Every sentence of the app, in English. Other languages have the same shape; a missing sentence is a type error. */
import { files } from "./en-files";
import { compose, log } from "./en-log";

const plural = new Intl.PluralRules("en");

/** "1 message", "2 messages". */
function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${plural.select(number) === "one" ? one : many}`;
}

export const en = {
  app: {
    name: "Salon",
    loading: "Salon is starting.",
    skipToMessages: "Skip to the messages",
    skipToWriting: "Skip to writing",
    unreadTitle: (unread: number, title: string) => `(${unread > 99 ? "99+" : unread}) ${title}`,
  },

  signIn: {
    title: "Come in",
    invited: (room: string) => `You are invited to ${room}.`,
    where: (host: string) => `This Salon runs on ${host}.`,
    name: "Your name",
    hint: "This is what the others see. There is no password.",
    submit: "Come in",
    waiting: "Knocking …",
    empty: "Type a name first.",
    offline: "The server does not answer. This page goes on trying.",
  },

  rooms: {
    title: "Rooms",
    direct: "Direct",
    find: "Find or join",
    unread: (unread: number) => count(unread, "unread message", "unread messages"),
    more: (unread: number) => (unread > 99 ? "99+" : String(unread)),
    none: "You are in no room.",
    noneAdvice: "Find one, or make your own.",
    waiting: (waiting: number) => `${waiting} ${waiting === 1 ? "waits" : "wait"}`,
    failed: (failed: number) => `${failed} failed`,
    draft: "Draft",
  },

  switcher: {
    title: "Find or make a room",
    label: "A room, or a person",
    placeholder: "Name of a room or a person",
    yours: "Your rooms",
    open: "Other rooms here",
    people: "People here",
    make: (name: string) => `Make the room ${name}`,
    here: (here: number) => `${here.toLocaleString("en")} here`,
    unread: (unread: number) => `${unread.toLocaleString("en")} unread`,
    nothing: "Nothing here is called so.",
    found: (found: number) => count(found, "result", "results"),
  },

  room: {
    about: "About this room",
    here: (here: number) => `${here.toLocaleString("en")} here`,
    showPeople: (here: number) => `People, ${here.toLocaleString("en")} here`,
    back: "Rooms",
    topic: "Topic",
    addTopic: "Add a topic",
    topicHint: "What this room is about. Everybody here can change it.",
    saveTopic: "Save",
    topicSaved: "The topic is saved.",
    leave: "Leave the room",
    left: (name: string) => `You have left ${name}.`,
    leaveHint: "What was said here stays. You can come back at any time.",
    messages: "Messages",
    writing: "Writing",
    private: (name: string) => `Between you and ${name}`,
    opening: (name: string) => `Opening ${name}`,
    missing: (name: string) => `You are not in ${name}.`,
    missingAdvice: "It may be a room that you have left, or one that nobody has made yet.",
    join: "Go in",
    typing: (names: readonly string[]) =>
      names.length === 1
        ? `${names[0]} is writing …`
        : names.length === 2
          ? `${names[0]} and ${names[1]} are writing …`
          : "Several people are writing …",
  },

  empty: {
    alone: "Nobody else is here yet",
    aloneAdvice: "Send this link to those you want to talk with. They need nothing but a browser.",
    quiet: "Nothing has been said here yet",
    quietAdvice: (here: number) => `${count(here, "other person is", "other people are")} here. Say something.`,
    direct: (name: string) => `This is between you and ${name}`,
    directAdvice: "Nobody else here can read it. Whoever runs this Salon could.",
  },

  invite: {
    title: "Invite",
    label: "Link into this room",
    copy: "Copy",
    copied: "Copied",
    copyFailed: "Your browser did not let the page copy. The link is selected: copy it yourself.",
    ownMachine: "This address works on this computer only. Others need its name or number in the network in its place.",
  },

  people: {
    title: "People",
    here: "Here now",
    you: "you",
    filter: "Find a person",
    talk: (name: string) => `Talk with ${name} alone`,
    none: "Nobody of that name is here.",
    loading: "Looking who is here",
    count: (here: number) => count(here, "person is here", "people are here"),
  },

  line: {
    offline: "The connection is lost.",
    network: "This device has no network.",
    stillWorks: "You can read and write on; what you write goes out by itself.",
    waits: (waiting: number) =>
      `You can read on. ${count(waiting, "message waits and goes", "messages wait and go")} out by ${waiting === 1 ? "itself" : "themselves"}.`,
    next: (seconds: number) => `Next try in ${seconds} s.`,
    trying: "Trying again …",
    retry: "Try now",
    back: "The connection is back.",
    closing: "The server was closed. This page connects again when it is back.",
    logged: "The operator of this server is shown what people say in private.",
    storage: "The server cannot write anything down now. What you write waits here.",
  },

  out: {
    title: "You are out",
    again: "Come in again",
    reload: "Load the page again",
    newer: "The server is newer than this page.",
  },

  settings: {
    title: "Settings",
    open: (name: string) => `Settings of ${name}`,
    name: "Your name",
    nameHint: "To change it, sign out and come in again.",
    theme: "Colours",
    themes: { auto: "System", light: "Light", dark: "Dark" },
    language: "Language",
    notices: "Notifications",
    noticesLabel: "Tell me when somebody writes and this page is not in front",
    noticesDenied: "This browser forbids it for this page. Its settings, beside the address, can allow it.",
    keys: "Keys",
    signOut: "Sign out",
    signOutHint: "This browser then forgets who you are: your direct conversations and what you have read.",
    signOutWaits: (waiting: number) => `${count(waiting, "message", "messages")} that wait to be sent are lost.`,
    keyList: [
      ["Ctrl K", "Find a room or a person"],
      ["Alt ↑ Alt ↓", "The room before, the next room"],
      ["Alt Shift ↑ ↓", "The unread room before, the next one"],
      ["F6", "From one part of the page to the next"],
      ["Esc", "Close, or go to writing"],
    ] as readonly (readonly [string, string])[],
  },

  log,
  compose,
  files,

  bottom: { title: "Sides of the room", talk: "Talk" },

  dialog: { close: "Close", cancel: "Cancel" },

  /** The server's refusals by code, where this language says them in its own words; English is the server's. */
  refusals: {} as Readonly<Record<string, string>>,
  /** What the server writes for `{why}` in them, in this language's words. */
  reasons: {} as Readonly<Record<string, string>>,

  /** What went wrong where no server says it. */
  failed: {
    title: "That did not work",
    internal: "The page made a mistake. Load it again; nothing that was sent is lost.",
  },
};

/** What every language has to say. */
export type Catalogue = typeof en;
