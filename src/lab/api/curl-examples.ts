/** The curl commands of a page, read as a shell would read them: for the tests that run every one. */

export type Curl = {
  /** As it stands on the page. */
  readonly line: string;
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
  /** `-c jar` keeps the cookies of the answer, `-b jar` sends them. */
  readonly cookies: "keep" | "send" | undefined;
};

export function curlsIn(markdown: string): Curl[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    commandsIn(block).flatMap((words) => (words[0] === "curl" ? [readCurl(words)] : [])),
  );
}

/** Commands of a block, each as its words: blanks part words, quotes hold them together, line ends part commands. */
function commandsIn(block: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (const [token] of block.matchAll(/'[^']*'|\\[\s\S]|\n|[ \t]+|[^'\\\s]+/g)) {
    if (token === "\\\n") continue;
    if (token === "\n") {
      endWord();
      if (words.length > 0) commands.push(words);
      words = [];
    } else if (token.trim() === "") endWord();
    else if (token.startsWith("'")) word = (word ?? "") + token.slice(1, -1);
    else word = (word ?? "") + token.replace(/^\\/, "");
  }
  return commands;
}

function readCurl(words: readonly string[]): Curl {
  let method: string | undefined;
  let url = "";
  let body: string | undefined;
  let cookies: Curl["cookies"];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "-X") method = words[++at];
    else if (word === "--json") body = words[++at];
    else if (word === "-c" || word === "-b") {
      cookies = word === "-c" ? "keep" : "send";
      at++;
    } else if (word.startsWith("http")) url = word;
    else if (word !== "-s") throw new Error(`the examples use no ${word}`);
  }
  return {
    line: words.join(" "),
    method: method ?? (body === undefined ? "GET" : "POST"),
    url,
    body,
    cookies,
  };
}
