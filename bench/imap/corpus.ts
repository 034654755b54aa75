/**
 * The mail of the IMAP bench: about 10 KB each, made from its number alone, so that every server holds the same bytes
 * and no file of mail is needed. Words follow Zipf's law, as words do: a few are in every message, most in hardly any.
 */

/** In one message of a thousand. */
export const RARE_WORD = "zanzibarite";
/** In every third message. */
export const COMMON_WORD = "quarterly";

const NAMES = "Ann Bob Carla Dmitri Elena Farid Grace Hiro Ines Jonas Kamala Liam Mona Nils Olga Pavel".split(
  " ",
);
const FREQUENT =
  "the of and to in for you is that on with we it as be this have are will from by not or".split(" ");
const SYLLABLES =
  "ba be bi bo ca ce co da de di do el en er fa fe fi ga ge gi ha he in ka la le li lo ma me mi mo na ne ni no on pa pe po ra re ri ro sa se si so ta te ti to un va ve vi wa we za".split(
    " ",
  );

const SENDERS = 200;
/** Wrote one message of 200. */
export const SENDER = senderOf(17).address;

const VOCABULARY = 40_000;
const PARAGRAPHS = 4_000;
const PARAGRAPHS_A_MESSAGE = 10;
const PARAGRAPH_OCTETS = 950;
const HOUR_MS = 3_600_000;
const EPOCH_MS = Date.UTC(2020, 0, 6, 8);
/** A prime: neighbours share no paragraph. */
const STRIDE = 611_953;

function senderOf(index: number): { name: string; address: string } {
  const name = NAMES[index % NAMES.length] ?? "Ann";
  return {
    name: `${name} Example ${index}`,
    address: `${name.toLowerCase()}.${index}@firm${index % 40}.test`,
  };
}

/** Small and quick, the same in every run: xorshift32. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function makeVocabulary(chance: () => number): string[] {
  const words = [...FREQUENT];
  while (words.length < VOCABULARY) {
    let word = "";
    const syllables = 2 + Math.floor(chance() * 3);
    for (let i = 0; i < syllables; i++) word += SYLLABLES[Math.floor(chance() * SYLLABLES.length)];
    words.push(word);
  }
  return words;
}

function makeParagraphs(): Buffer[] {
  const chance = chances(0x2545f491);
  const words = makeVocabulary(chance);
  return Array.from({ length: PARAGRAPHS }, () => {
    let text = "";
    for (let line = ""; text.length < PARAGRAPH_OCTETS;) {
      // Zipf with exponent 1: the rank is the exponential of an even chance.
      const word = words[Math.floor(Math.exp(chance() * Math.log(VOCABULARY)))] ?? "the";
      if (line.length + word.length < 72) line += line === "" ? word : ` ${word}`;
      else {
        text += `${line}\r\n`;
        line = word;
      }
    }
    return Buffer.from(`${text}\r\n`);
  });
}

/** Makes message number `index`; numbers apart, messages differ in every paragraph. */
export function makeCorpus(): (index: number) => Buffer {
  const paragraphs = makeParagraphs();
  return (index) => {
    const parts: Uint8Array[] = [Buffer.from(headerOf(index))];
    if (index % 1_000 === 7) parts.push(Buffer.from(`The ${RARE_WORD} samples have come.\r\n\r\n`));
    if (index % 3 === 1) parts.push(Buffer.from(`Here is the ${COMMON_WORD} report.\r\n\r\n`));
    for (let i = 0; i < PARAGRAPHS_A_MESSAGE; i++)
      parts.push(paragraphs[(index * STRIDE + i * 397 * (1 + (index % 7))) % PARAGRAPHS] as Buffer);
    if (index % 4 === 3) parts.push(Buffer.from(`--part-${index}--\r\n`));
    return Buffer.concat(parts);
  };
}

/** Every fourth message is a multipart with one part of text, so that BODYSTRUCTURE has something to say. */
function headerOf(index: number): string {
  const { name, address } = senderOf((index * 7) % SENDERS);
  const date = new Date(EPOCH_MS + index * HOUR_MS).toUTCString().replace("GMT", "+0000");
  const multipart = index % 4 === 3;
  const type = multipart
    ? `multipart/mixed; boundary="part-${index}"`
    : "text/plain; charset=utf-8; format=flowed";
  const text = multipart ? `--part-${index}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n` : "";
  return `Return-Path: <${address}>
Received: from mx${index % 9}.firm${index % 40}.test (mx${index % 9}.firm${index % 40}.test [192.0.2.${index % 250}])
	by mail.bench.test (Example) with ESMTPS id ${index.toString(36).padStart(10, "q")}
	for <you@bench.test>; ${date}
Message-ID: <${index}.${(index * STRIDE) % 999_983}@firm${index % 40}.test>
${index % 5 === 2 ? `In-Reply-To: <${index - 1}.${((index - 1) * STRIDE) % 999_983}@firm${(index - 1) % 40}.test>\n` : ""}Date: ${date}
From: ${name} <${address}>
To: You <you@bench.test>, Team <team${index % 11}@bench.test>
Subject: Note ${index} about order ${(index * STRIDE) % 100_003}
MIME-Version: 1.0
Content-Type: ${type}
Content-Transfer-Encoding: 7bit
X-Mailer: Example Mail 4.${index % 6}

${text}`.replaceAll(/\r?\n/g, "\r\n");
}
