// Reading expressions: the grammar of packages/separatrix/src/separatrix/expression/parser.py, with its limits; `0.1` means 1/10.
// Text becomes a tree and nothing else: no code is ever made from it.
import type { Tree } from "../model";

const MOST_CHARACTERS = 10_000;
const MOST_DEPTH = 200;
const MOST_EXPONENT = 300;
/** The functions, with the least and the greatest number of arguments. */
const FUNCTIONS: Record<string, [number, number]> = {
  exp: [1, 1], log: [1, 1], sqrt: [1, 1], min: [1, Infinity], max: [1, Infinity], binomial: [2, 2],
};
const OPERATORS = ["**", "<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "<", ">", "="];
const LOOKALIKES: Record<string, string> = {
  "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "（": "(", "）": ")", "，": ",", "≤": "<=", "≥": ">=", "≠": "!=",
  "＋": "+", "＝": "=", "＜": "<", "＞": ">",
};

/** A fault in a text: where, counted in characters, and what, as a sentence of the languages with its holes. */
export class SyntaxProblem extends Error {
  constructor(readonly at: number, readonly width: number, readonly told: string, readonly holes: Record<string, string | number> = {}) {
    super(told);
  }
}

interface Token { kind: "number" | "name" | "operator" | "end"; text: string; at: number }

// What Python's str.isspace takes, and what may begin a name and go on in it.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
const BEGINS = /[\p{ID_Start}_]/u;
const GOES_ON = /[\p{ID_Continue}]/u;
const DIGIT = /[0-9]/;

function tokens(text: string): Token[] {
  const characters = Array.from(text);
  if (characters.length > MOST_CHARACTERS) {
    throw new SyntaxProblem(0, 1, "{count} characters; at most {most} are read", { count: characters.length, most: MOST_CHARACTERS });
  }
  const found: Token[] = [];
  const digits = (at: number) => {
    while (at < characters.length && DIGIT.test(characters[at]!)) at += 1;
    return at;
  };
  let at = 0;
  while (at < characters.length) {
    const character = characters[at]!;
    const start = at;
    const take = (kind: Token["kind"], to: number, as?: string) => {
      found.push({ kind, text: as ?? characters.slice(start, to).join(""), at: start });
      at = to;
    };
    if (SPACE.test(character)) {
      at += 1;
    } else if (DIGIT.test(character) || character === ".") {
      let end = digits(at);
      if (characters[end] === ".") end = digits(end + 1);
      if (end - at === 1 && character === ".") throw new SyntaxProblem(at, 1, "a point without digits is not a number");
      if (characters[end] === "e" || characters[end] === "E") {
        const power = characters[end + 1] === "+" || characters[end + 1] === "-" ? end + 2 : end + 1;
        if (digits(power) > power) end = digits(power);
      }
      take("number", end);
    } else if (BEGINS.test(character)) {
      let end = at + 1;
      while (end < characters.length && GOES_ON.test(characters[end]!)) end += 1;
      take("name", end);
    } else {
      const operator = OPERATORS.find((o) => characters.slice(at, at + o.length).join("") === o);
      if (operator) take("operator", at + operator.length);
      else if (Object.hasOwn(LOOKALIKES, character)) take("operator", at + 1, LOOKALIKES[character]);
      else throw new SyntaxProblem(at, 1, "{character} is not allowed in an expression", { character });
    }
  }
  found.push({ kind: "end", text: "", at: characters.length });
  return found;
}

/** The exact value of a decimal such as 0.1 or 1e-3, as "p/q" in lowest terms; null past the limit. */
function decimal(text: string): string | null {
  const [mantissa, exponent = "0"] = text.toLowerCase().split("e") as [string, string?];
  const power = Number(exponent);
  if (Math.abs(power) > MOST_EXPONENT) return null;
  const [whole, part = ""] = mantissa.split(".") as [string, string?];
  const shift = BigInt(power - part.length);
  let above = BigInt(whole + part) * (shift > 0n ? 10n ** shift : 1n);
  let below = shift < 0n ? 10n ** -shift : 1n;
  let [a, b] = [above, below];
  while (b !== 0n) [a, b] = [b, a % b];
  [above, below] = [above / a, below / a];
  return below === 1n ? `${above}` : `${above}/${below}`;
}

function minus(term: Tree): Tree {
  if (typeof term !== "string" && term[0] === "n") {
    const text = term[1];
    return ["n", text === "0" ? "0" : text.startsWith("-") ? text.slice(1) : `-${text}`];
  }
  if (typeof term !== "string" && term[0] === "*") return ["*", ["n", "-1"], ...(term.slice(1) as Tree[])];
  return ["*", ["n", "-1"], term];
}

const times = (left: Tree, right: Tree): Tree =>
  (typeof left !== "string" && left[0] === "*" ? [...left, right] : ["*", left, right]) as Tree;

/** Recursive descent; from loose to tight: + -, * /, the sign, ^ (from the right), atoms. */
class Parser {
  private index = 0;
  private depth = 0;

  constructor(private readonly tokens: Token[]) {}

  get token(): Token {
    return this.tokens[this.index]!;
  }

  private take(...operators: string[]): Token | null {
    const { token } = this;
    if (token.kind !== "operator" || !operators.includes(token.text)) return null;
    this.index += 1;
    return token;
  }

  fail(token: Token, told: string, holes: Record<string, string | number> = {}): SyntaxProblem {
    return new SyntaxProblem(token.at, Math.max(1, Array.from(token.text).length), told, holes);
  }

  private deeper(at: Token): void {
    this.depth += 1;
    if (this.depth > MOST_DEPTH) throw this.fail(at, "nested deeper than {most}", { most: MOST_DEPTH });
  }

  sum(): Tree {
    this.deeper(this.token);
    const terms = [this.product()];
    for (let operator = this.take("+", "-"); operator; operator = this.take("+", "-")) {
      const term = this.product();
      terms.push(operator.text === "+" ? term : minus(term));
    }
    this.depth -= 1;
    return terms.length === 1 ? terms[0]! : ["+", ...terms];
  }

  private product(): Tree {
    let result = this.signed();
    for (;;) {
      const operator = this.take("*", "/");
      if (operator) {
        const right = this.signed();
        result = operator.text === "*" ? times(result, right) : ["/", result, right];
      } else if (this.token.kind === "number" || this.token.kind === "name" || this.token.text === "(" || this.token.text === "[") {
        throw this.fail(this.token, "expected an operator before {text}; write * for every multiplication", { text: this.token.text });
      } else {
        return result;
      }
    }
  }

  private signed(): Tree {
    let negative = false;
    for (let operator = this.take("+", "-"); operator; operator = this.take("+", "-")) negative = negative !== (operator.text === "-");
    const value = this.power();
    return negative ? minus(value) : value;
  }

  private power(): Tree {
    const base = this.atom();
    const operator = this.take("^", "**");
    if (!operator) return base;
    this.deeper(operator);
    const exponent = this.signed();
    this.depth -= 1;
    return ["^", base, exponent];
  }

  private atom(): Tree {
    const { token } = this;
    if (token.kind === "number") {
      this.index += 1;
      const value = decimal(token.text);
      if (value === null) throw this.fail(token, "{text} is too large or too small; exponents go to 300", { text: token.text });
      return ["n", value];
    }
    if (token.kind === "name") {
      this.index += 1;
      if (this.token.text !== "(") return token.text;
      if (Object.hasOwn(FUNCTIONS, token.text)) return this.call(token);
      throw this.fail(token, "{text} is not a function; the functions are {functions}", {
        text: token.text, functions: Object.keys(FUNCTIONS).join(", "),
      });
    }
    const opening = this.take("(", "[");
    if (opening) {
      const closing = opening.text === "(" ? ")" : "]";
      const inner = this.sum();
      if (this.take(closing)) return inner;
      if (this.token.kind === "end") throw this.fail(opening, "{text} is never closed", { text: opening.text });
      throw this.fail(this.token, "expected {text}", { text: closing });
    }
    if (token.kind === "end") throw this.fail(token, "the expression ends where a number or a name was expected");
    throw this.fail(token, "expected a number, a name or a bracket, found {text}", { text: token.text });
  }

  private call(token: Token): Tree {
    this.take("(");
    const of = [this.sum()];
    while (this.take(",")) of.push(this.sum());
    if (!this.take(")")) throw this.fail(this.token, "the arguments of {text} need a closing bracket", { text: token.text });
    const [least, most] = FUNCTIONS[token.text]!;
    if (of.length < least || of.length > most) {
      throw this.fail(token, "{text} takes {wanted} argument(s), found {count}", {
        text: token.text, wanted: most === least ? least : `≥ ${least}`, count: of.length,
      });
    }
    return ["f", token.text, ...of];
  }
}

/** Reads an expression; throws `SyntaxProblem` with the place of the fault. */
export function parse(text: string): Tree {
  const parser = new Parser(tokens(text));
  const tree = parser.sum();
  if (parser.token.kind !== "end") throw parser.fail(parser.token, "{text} does not belong here", { text: parser.token.text });
  return tree;
}

/** The names in a tree, each once, in reading order. */
export function namesIn(tree: Tree): string[] {
  if (typeof tree === "string") return [tree];
  if (tree[0] === "n") return [];
  return [...new Set((tree.slice(tree[0] === "f" ? 2 : 1) as Tree[]).flatMap(namesIn))];
}
