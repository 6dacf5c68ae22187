// Short keys for sentences.  In the built page a translation is filed under a hash of the English text, which
// the page holds once already, where it is said; under the text itself, every sentence would be in it twice.

/** Returns the 32-bit hash of Fowler, Noll and Vo (1a) of a text, in seven or fewer letters and digits. */
export function shortKey(text: string): string {
  let hash = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  return (hash >>> 0).toString(36);
}
