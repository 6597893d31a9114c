/** The sentences of the app in a window, whose agent does what a page cannot. In English. */
export const w = {
  door: {
    where: "Where is your Salon?",
    address: "Server",
    addressHint: "Its address, such as 192.168.1.20:12345. Whoever runs it knows.",
    name: "Your name",
    nameHint: "As the others shall see it. No password.",
    submit: "Come in",
    waiting: "Knocking …",
    noAddress: "Type the server's address first.",
    noName: "Type a name first.",
  },
  gone: {
    title: "The program behind this window has ended.",
    advice: "What is on the screen can still be read. Close the window, and start salon window again.",
  },
  here: {
    title: "This computer",
    folder: "Downloads go to",
    share: "Share a folder",
    shareHint: "Others can get its files by their names, as long as this window is open.",
    shareField: "Folder to share",
    start: "Share",
    stop: "Stop sharing",
    shared: (folder: string) => `Others can get the files of ${folder}.`,
    ask: "Ask somebody for a file",
    askHint: "They must share a folder. You need the file's name.",
    person: "Person",
    choose: "Choose a person",
    file: "Name of the file",
    get: "Ask",
    nobody: "Nobody else is here.",
  },
};

export type WindowWords = typeof w;
