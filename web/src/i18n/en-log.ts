/** The sentences of the log and of the composer, in English. A part of the catalogue in `en.ts`. */
const plural = new Intl.PluralRules("en");

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${plural.select(number) === "one" ? one : many}`;
}

/** "Ann", "Ann and Bob", "Ann, Bob and 3 others". */
function several(names: readonly string[]): string {
  if (names.length <= 2) return names.join(" and ");
  const others = names.length - 2;
  return others === 1 ? `${names[0]}, ${names[1]} and ${names[2]}` : `${names[0]}, ${names[1]} and ${others} others`;
}

export const log = {
  label: (room: string) => `Messages in ${room}`,
  today: "Today",
  yesterday: "Yesterday",
  fresh: "New messages",
  newest: "Newest",
  newestCount: (fresh: number) => count(fresh, "new message", "new messages"),
  loading: "Older messages are coming",
  loadingNewer: "Newer messages are coming",
  loadFailed: "These messages could not be fetched.",
  tryAgain: "Try again",
  beginning: "This is where it begins.",
  beginningKept: "Older messages are not kept any more.",
  gapFilling: (messages: number) => `${count(messages, "message is", "messages are")} coming`,
  gapGone: (messages: number) => `${count(messages, "message is", "messages are")} not kept any more.`,

  you: "you",
  edited: "edited",
  deleted: "This message was deleted.",
  waiting: "Waits for the connection",
  sending: "Is being sent",
  saving: "Is being changed",
  failed: "Not sent.",
  failedTo: {
    edit: "Not changed.",
    delete: "Not deleted.",
    topic: "The topic was not changed.",
    unshelve: "Not taken off.",
  },
  retry: "Send again",
  discard: "Discard",
  privately: (name: string) => `only to ${name}`,
  topic: (name: string, topic: string) => `${name} set the topic: ${topic}`,
  noTopic: (name: string) => `${name} took the topic away.`,
  shelved: (name: string, file: string) => `${name} put ${file} on the shelf.`,
  unshelved: (name: string, file: string) => `${name} took ${file} off the shelf.`,
  joined: (names: readonly string[]) => `${several(names)} came in.`,
  left: (names: readonly string[]) => `${several(names)} left.`,
  passed: (names: readonly string[]) => `${several(names)} came in and left.`,

  more: (characters: number) => `Show all (${characters.toLocaleString("en")} characters)`,
  less: "Show less",
  longText: "A long message",
  odd: (code: string) => `${code}: a character that cannot be seen, or that would change how the others are seen`,
  code: (language: string) => (language ? `Code, ${language}` : "Code"),
  copyCode: "Copy this code",

  actions: "What can be done with this message",
  copy: "Copy",
  copied: "Copied.",
  copyFailed: "Your browser did not let the page copy.",
  quote: "Quote",
  edit: "Edit",
  delete: "Delete",
  deleteSure: "Delete it for everybody?",
  keep: "Keep",
  key: (action: string, key: string) => `${action} (${key})`,

  /** For ears: what has come. */
  said: (name: string, text: string) => `${name}: ${text}`,
  came: (messages: number) => count(messages, "new message", "new messages"),
};

export const compose = {
  label: (room: string) => `Message to ${room}`,
  placeholder: "Message …",
  privatePlaceholder: (name: string) => `Only ${name} will read this …`,
  send: "Send",
  save: "Save",
  to: "To",
  all: "All",
  editing: "Editing your message",
  editingHint: "Esc leaves it as it was.",
  cancel: "Cancel",
  tooLong: (over: number, most: number) =>
    `${count(over, "character", "characters")} too many: at most ${most.toLocaleString("en")} characters can be sent at once.`,
  sentPrivately: (name: string) => `Sent to ${name} alone.`,
  openDirect: "Open",
};
