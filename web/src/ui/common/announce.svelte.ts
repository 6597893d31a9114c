/** What is said to those who cannot see it: politely, when there is a pause, or at once, where something failed. */

interface Said {
  text: string;
  /** Told apart by a number, so that the same sentence twice is said twice. */
  number: number;
}

let number = 0;
let polite = $state.raw<Said>({ text: "", number });
let urgent = $state.raw<Said>({ text: "", number });

export const said = {
  get polite() {
    return polite;
  },
  get urgent() {
    return urgent;
  },
};

/** Says this when whoever listens has a moment. */
export function announce(text: string): void {
  polite = { text, number: ++number };
}

/** Says this at once. */
export function alarm(text: string): void {
  urgent = { text, number: ++number };
}
