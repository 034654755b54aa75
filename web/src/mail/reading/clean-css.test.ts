import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanCss, CSS_CHARACTERS_MAX } from "./clean-css.ts";

const HARMLESS = [
  "p { color: #333; margin: 0 auto }",
  "@media (max-width: 600px) { .wide { width: 100% !important } }",
  "a:hover { text-decoration: underline }",
];

test("what only paints is kept as it is", () => {
  for (const css of HARMLESS) assert.equal(cleanCss(css), css);
});

const HOSTILE = [
  "p { background: url(https://evil.test/a) }",
  "p { background: URL ( 'https://evil.test/a)b' ) }",
  String.raw`p { background: \75\72\6c(https://evil.test/a) }`,
  String.raw`p { background: u\rl(https://evil.test/a) }`,
  "p { background: u/**/rl(https://evil.test/a); background: ur/* x */l(https://evil.test) }",
  "@import 'https://evil.test/a.css'; p { color: red }",
  "@import url(https://evil.test/a.css) screen;",
  String.raw`@\69mport 'https://evil.test/a.css';`,
  "@font-face { font-family: x; src: url(https://evil.test/f) }",
  "input[value^=a] { background: image-set('https://evil.test/a' 1x) }",
  "p { background: -webkit-image-set(url(https://evil.test/a) 1x) }",
  "p { content: src('https://evil.test/a') }",
  "p { background: cross-fade(url(https://evil.test/a), url(https://evil.test/b)) }",
  "p { background: url(https://evil.test/a",
  "@namespace x 'https://evil.test/'; @charset 'https://evil.test/';",
  "/* unclosed url(https://evil.test/a)",
];

test("nothing that names another place is left, however it is spelt", () => {
  for (const css of HOSTILE) assert.doesNotMatch(cleanCss(css), /evil|import|font-face|url\s*\(/i, css);
});

test("nothing closes the style element or leaves its place", () => {
  assert.doesNotMatch(cleanCss("p{color:red}</style><script>alert(1)</script>"), /[<>]/);
  assert.doesNotMatch(cleanCss("div { position: fixed; inset: 0; z-index: 9 }"), /position/);
  assert.doesNotMatch(cleanCss("x{behavior:url(#a);-moz-binding:url(x)}"), /behavior|binding/);
  assert.match(cleanCss("div{position:fixed;color:red}"), /color:red/);
  assert.equal(cleanCss("div{height:100vh;width:50vw}"), "div{height:auto;width:50vw}");
});

test("it is linear in what it is given, and takes no more than its limit", () => {
  const css = "url(".repeat(CSS_CHARACTERS_MAX / 2);
  const start = performance.now();
  assert.equal(cleanCss(css), "none");
  cleanCss("@x{".repeat(CSS_CHARACTERS_MAX));
  cleanCss("/*".repeat(CSS_CHARACTERS_MAX));
  assert.ok(performance.now() - start < 5_000);
});
