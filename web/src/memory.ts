/** What the reader chose, kept by the browser. Storage may be forbidden: a choice then lasts until the page is closed. */
export function remembered<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
  try {
    const stored = localStorage.getItem(`baseplate-${key}`);
    return choices.find((choice) => choice === stored);
  } catch {
    return undefined;
  }
}

export function remember(key: string, choice: string): void {
  try {
    localStorage.setItem(`baseplate-${key}`, choice);
  } catch {
    // See above.
  }
}
