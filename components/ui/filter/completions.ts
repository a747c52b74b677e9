/** What a word of a filter that is being typed may become, of the words that the list knows. */
export function completionsFrom(words: readonly string[]): (word: string) => { insert: string }[] {
  return (word) =>
    word === "" ? [] : words.filter((each) => each.startsWith(word) && each !== word).map((insert) => ({ insert }));
}
