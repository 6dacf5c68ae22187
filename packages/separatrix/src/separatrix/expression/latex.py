r"""LaTeX as tokens: the formulas that papers print, ready for the parser of claims.

``\frac{a}{b}`` becomes ``((a)/(b))``, ``R_{A1}`` one name, everything that only moves ink nothing.  Every
token keeps its offset, so that a fault is shown in the LaTeX itself.

Stepping through LaTeX: spaces, commands, groups in braces, arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from separatrix.errors import InputError, Place
from separatrix.expression.latex_commands import (
    ACCENTS,
    BINOMIALS,
    CHARACTERS,
    CLOSERS,
    DROPPED,
    ENVIRONMENTS,
    FRACTIONS,
    FUNCTIONS,
    INK,
    JOINERS,
    OPENERS,
    OPERATORS,
    SAME,
    SIZES,
    SPACES,
    STARS,
    UNDERSTOOD,
    UPRIGHT,
)
from separatrix.expression.parser import GREEK, MAX_CHARACTERS, MAX_DEPTH, SymbolTable, Token, symbol_key

__all__ = [
    "Cursor",
    "latex_tokens",
]

_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
_NO_INK = SPACES | INK
_TWO = FRACTIONS | BINOMIALS
_ONE = UPRIGHT | frozenset(ACCENTS) | {"sqrt"}


class Cursor:
    """A place in a LaTeX text.

    Attributes
    ----------
    at, end : int
        The place, and where the part that is being read ends.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)

    def fault(self, at: int, message: str, width: int = 1, hint: str | None = UNDERSTOOD) -> InputError:
        where = Place("expression", 1, at + 1, width, self.text)
        return InputError("P701", message, where=where, hint=hint)

    def skip_spaces(self) -> None:
        while self.at < self.end:
            if self.text[self.at].isspace() or self.text[self.at] in "~&$":
                self.at += 1
            elif (word := self.command()) is not None and word in _NO_INK:
                self.at += len(word) + 1
            else:
                return

    def skip_blank(self) -> None:
        while self.at < self.end and self.text[self.at].isspace():
            self.at += 1

    def command(self) -> str | None:
        """Return the command that stands here, without its backslash."""
        if self.text[self.at] != "\\":
            return None
        match = _COMMAND.match(self.text, self.at, self.end)
        if match is None:
            raise self.fault(self.at, "a backslash at the end")
        return match[0][1:]

    def group(self, at: int) -> tuple[int, int]:
        """Return the extent of what stands between the braces that open at `at`."""
        depth = 0
        position = at
        while position < self.end:
            character = self.text[position]
            if character == "\\":
                position += 2
                continue
            if character == "{":
                depth += 1
            elif character == "}":
                depth -= 1
                if not depth:
                    return at + 1, position
            position += 1
        raise self.fault(at, "'{' is never closed", hint=None)

    def argument(self, of: str, at: int) -> tuple[int, int]:
        """Return the extent of the next argument, a group or one token, and step past it."""
        self.skip_spaces()
        if self.at >= self.end:
            raise self.fault(at, f"`{of}` needs something after it", max(1, len(of)), hint=None)
        character = self.text[self.at]
        if character == "{":
            start, end = self.group(self.at)
            self.at = end + 1
            return start, end
        if character == "}":
            raise self.fault(self.at, "'}' closes nothing", hint=None)
        start = self.at
        word = self.command()
        if word is not None:
            self.at += len(word) + 1
            if word in _TWO:
                self.argument(f"\\{word}", start)
                self.argument(f"\\{word}", start)
            elif word in _ONE:
                self.argument(f"\\{word}", start)
        else:
            self.at += 1
        return start, self.at

    def digits(self) -> str:
        """Return the digits right after a letter, as in ``R1``."""
        start = self.at
        while self.at < self.end and self.text[self.at].isascii() and self.text[self.at].isdigit():
            self.at += 1
        return self.text[start : self.at]


_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_WORD = re.compile(r"[^\W\d]\w*\Z")
_LENGTH = re.compile(r"\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|bp)\s*\]")


@dataclass
class _Atom:
    """One symbol of a formula: the keys under which it may be known, and how it is shown if it is not."""

    keys: list[str]
    shown: str
    at: int
    raw: str = field(default="")


def latex_tokens(text: str, symbols: SymbolTable) -> list[Token]:
    r"""Return the tokens of a formula in LaTeX, every symbol a known name where it is one.

    Parameters
    ----------
    text : str
    symbols : SymbolTable
        The names that are known; another symbol gets a name that is made of its letters.

    Raises
    ------
    InputError
        P701 with the offset of what cannot be read, S002 past a limit.

    Examples
    --------
    >>> from separatrix.expression.parser import UnknownSymbols
    >>> " ".join(t.text for t in latex_tokens(r"\frac{C_{1}}{2}x", UnknownSymbols()))
    '( ( C1 ) / ( 2 ) ) x '
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            "S002",
            f"a formula of {len(text):,} characters; at most {MAX_CHARACTERS:,} are read",
            hint="split it, or give parts of it names under `let`",
        )
    lexer = _Lexer(text, symbols)
    lexer.range(0, len(text))
    lexer.tokens.append(Token("end", "", len(text)))
    return lexer.tokens


class _Lexer(Cursor):
    def __init__(self, text: str, symbols: SymbolTable) -> None:
        super().__init__(text)
        self.symbols = symbols
        self.tokens: list[Token] = []
        self.run: list[_Atom] = []
        self.depth = 0

    # ------------------------------------------------------------------ tokens

    def emit(self, kind: str, text: str, at: int) -> None:
        self.tokens.append(Token(kind, text, at))

    def operator(self, text: str, at: int) -> None:
        self.flush()
        self.emit("operator", text, at)

    def flush(self) -> None:
        """Turn the symbols that stand side by side into names."""
        if not self.run:
            return
        for start, _, name in self.symbols.segments([a.keys for a in self.run], [a.shown for a in self.run]):
            atom = self.run[start]
            self.emit("name", name or _identifier(atom.shown), atom.at)
        self.run = []

    # ------------------------------------------------------------------ the walk

    def range(self, start: int, end: int) -> None:
        """Add the tokens of the text from `start` to `end`, whose brackets match."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InputError(
                "S002",
                f"braces nested deeper than {MAX_DEPTH}",
                where=Place("expression", 1, start + 1, 1, self.text),
            )
        back = self.at, self.end
        self.at, self.end = start, end
        opened: list[tuple[str, int]] = []
        while self.at < self.end:
            self.step(opened)
        self.flush()
        if opened:
            delimiter, at = opened[-1]
            raise self.fault(at, f"'{delimiter}' is never closed", len(delimiter), hint=None)
        self.at, self.end = back
        self.depth -= 1

    def step(self, opened: list[tuple[str, int]]) -> None:
        at = self.at
        character = self.text[at]
        if character.isspace() or character == "~":
            # A space after a command ends its name; elsewhere its author means a product.
            if not (self.run and self.run[-1].raw.startswith("\\")):
                self.flush()
            self.at += 1
        elif character in "&$":
            self.at += 1
        elif (word := self.command()) is not None:
            self.control(word, opened)
        elif character == "{":
            self.braces(at)
        elif character in OPENERS or character in CLOSERS:
            self.at += 1
            self.delimiter(character, at, opened)
        elif character == "^":
            self.at += 1
            self.power(at)
        elif character in CHARACTERS:
            self.at += 1
            self.operator(CHARACTERS[character], at)
        elif character.isascii() and (character.isdigit() or character == "."):
            match = _NUMBER.match(self.text, at, self.end)
            if match is None:
                raise self.fault(at, "a point without digits is not a number", hint=None)
            self.flush()
            self.at = match.end()
            self.emit("number", match[0], at)
        elif character.isalpha():
            self.at += 1
            self.symbol(character, character, at)
        elif character == "}":
            raise self.fault(at, "'}' closes nothing", hint=None)
        else:
            raise self.fault(at, f"{character!r} cannot be read here")

    def control(self, word: str, opened: list[tuple[str, int]]) -> None:
        at = self.at
        after = at + len(word) + 1
        if word.endswith("*") and word not in DROPPED:
            word, after = word[:-1], after - 1
        self.at = after
        if word in SPACES:
            self.flush()
        elif word in INK:
            return
        elif word == "\\":
            self.flush()
            if match := _LENGTH.match(self.text, self.at, self.end):
                self.at = match.end()
        elif word in "()[]" and word in ("(", ")", "[", "]"):
            self.flush()  # \( … \) and \[ … \] only say that this is mathematics
        elif word in ("begin", "end"):
            self.flush()
            inside = self.argument(f"\\{word}", at)
            name = self.text[slice(*inside)].rstrip("*")
            if name not in ENVIRONMENTS:
                raise self.fault(at, f"`\\{word}{{{name}}}` cannot be read", self.at - at)
        elif word in DROPPED:
            self.argument(f"\\{word}", at)
        elif SIZES.match(word):
            self.sized(word, at, opened)
        elif f"\\{word}" in OPENERS or f"\\{word}" in CLOSERS:
            self.delimiter(f"\\{word}", at, opened)
        elif word in FRACTIONS:
            self.pair("/", word, at)
        elif word in BINOMIALS:
            self.pair(",", word, at)
        elif word == "sqrt":
            self.root(at)
        elif word in FUNCTIONS:
            self.function(FUNCTIONS[word], word, at)
        elif word in OPERATORS:
            self.operator(OPERATORS[word], at)
        elif word in UPRIGHT:
            self.upright(word, at)
        elif word in ACCENTS:
            inside = self.argument(f"\\{word}", at)
            base = symbol_key(self.text[slice(*inside)])
            self.symbol(f"{base}{ACCENTS[word]}", self.text[at : self.at], at, f"{word}{base}")
        elif word in GREEK:
            self.symbol(word, f"\\{word}", at)
        elif word in ("pm", "mp"):
            raise self.fault(at, f"`\\{word}` stands for two values", 3, "write each of the two apart")
        else:
            raise self.fault(at, f"`\\{word}` cannot be read", len(word) + 1)

    def sized(self, word: str, at: int, opened: list[tuple[str, int]]) -> None:
        r"""Read the delimiter after ``\left`` and its like."""
        self.skip_spaces()
        if self.at >= self.end:
            raise self.fault(at, f"`\\{word}` needs a bracket after it", len(word) + 1, hint=None)
        start = self.at
        command = self.command()
        delimiter = self.text[start] if command is None else f"\\{command}"
        if delimiter not in OPENERS and delimiter not in CLOSERS:
            raise self.fault(
                start,
                f"the delimiter `{delimiter}` cannot be read",
                len(delimiter),
                "brackets are ( ) [ ] \\{ \\}",
            )
        self.at = start + len(delimiter)
        self.delimiter(delimiter, start, opened)

    def delimiter(self, delimiter: str, at: int, opened: list[tuple[str, int]]) -> None:
        self.flush()
        if delimiter in OPENERS:
            opened.append((delimiter, at))
            self.emit("operator", "(", at)
            return
        if not opened:
            raise self.fault(
                at, f"'{delimiter}' closes a bracket that was never opened", len(delimiter), None
            )
        begun, _ = opened.pop()
        wanted = OPENERS[begun]
        if SAME.get(wanted, wanted) != SAME.get(delimiter, delimiter):
            raise self.fault(
                at, f"'{delimiter}' closes the bracket '{begun}'; expected '{wanted}'", len(delimiter), None
            )
        self.emit("operator", ")", at)

    # ------------------------------------------------------------------ what has arguments

    def braces(self, at: int) -> None:
        """Read a group, which holds together below a power and is invisible elsewhere."""
        inner = self.group(at)
        self.flush()
        before = len(self.tokens)
        self.range(*inner)
        self.at = inner[1] + 1
        self.skip_blank()
        following = self.text[self.at] if self.at < self.end else ""
        if following == "_":
            raise self.fault(self.at, "a subscript to a group; it belongs to a symbol", hint=None)
        if following == "^" and len(self.tokens) > before:
            self.tokens.insert(before, Token("operator", "(", at))
            self.emit("operator", ")", inner[1])

    def enclosed(self, extent: tuple[int, int], at: int) -> None:
        """Add one argument in brackets."""
        self.emit("operator", "(", extent[0])
        before = len(self.tokens)
        self.range(*extent)
        if len(self.tokens) == before:
            raise self.fault(at, "an argument is empty", hint=None)
        self.emit("operator", ")", extent[1])

    def pair(self, between: str, word: str, at: int) -> None:
        self.flush()
        first = self.argument(f"\\{word}", at)
        second = self.argument(f"\\{word}", at)
        if between == ",":
            self.emit("name", "binomial", at)
        self.emit("operator", "(", at)
        if between == "/":
            self.enclosed(first, at)
            self.emit("operator", "/", at)
            self.enclosed(second, at)
        else:
            self.range(*first)
            self.emit("operator", ",", at)
            self.range(*second)
        self.emit("operator", ")", second[1])

    def root(self, at: int) -> None:
        self.flush()
        self.skip_spaces()
        if self.at < self.end and self.text[self.at] == "[":
            close = self.text.find("]", self.at, self.end)
            if close < 0 or self.text[self.at + 1 : close].strip() != "2":
                raise self.fault(self.at, "only square roots are read", hint=None)
            self.at = close + 1
        extent = self.argument(r"\sqrt", at)
        self.emit("name", "sqrt", at)
        self.enclosed(extent, at)

    def function(self, name: str, word: str, at: int) -> None:
        self.flush()
        self.skip_spaces()
        self.emit("name", name, at)
        if self.at >= self.end:
            raise self.fault(at, f"`\\{word}` needs an argument", len(word) + 1, hint=None)
        command = self.command()
        if self.text[self.at] in "([" or command in ("{", "lbrace") or (command and SIZES.match(command)):
            return
        if self.text[self.at] in "_^":
            raise self.fault(self.at, f"a script on `\\{word}` cannot be read", hint=None)
        self.enclosed(self.argument(f"\\{word}", at), at)

    def upright(self, word: str, at: int) -> None:
        inside = self.argument(f"\\{word}", at)
        content = self.text[slice(*inside)].strip().strip("~,")
        if content.lower() in JOINERS:
            self.operator(JOINERS[content.lower()], at)
        elif not content:
            self.flush()
        elif content in FUNCTIONS:
            self.function(FUNCTIONS[content], word, at)
        elif content.startswith("\\") or _WORD.match(content) or self.symbols.find([symbol_key(content)]):
            self.symbol(content, content, at)
        else:
            raise self.fault(at, f"the words `{content[:40]}` are not a symbol", self.at - at)

    def power(self, at: int) -> None:
        self.flush()
        if not self.tokens or not (self.tokens[-1].kind != "operator" or self.tokens[-1].text == ")"):
            raise self.fault(at, "a power of nothing", hint=None)
        extent = self.argument("^", at)
        self.emit("operator", "^", at)
        self.enclosed(extent, at)

    # ------------------------------------------------------------------ symbols

    def symbol(self, base: str, raw: str, at: int, *others: str) -> None:
        """Read the scripts of a symbol and add it to the run."""
        key = symbol_key(base)
        digits = self.digits()
        below, above, primes = digits, "", ""
        exponent: tuple[int, tuple[int, int]] | None = None
        while self.at < self.end:
            here = self.at
            self.skip_blank()
            if self.at >= self.end or self.text[self.at] not in "_^'′":
                self.at = here
                break
            mark = self.text[self.at]
            sign = self.at
            self.at += 1
            if mark in "'′":
                primes += "'"
            elif mark == "_":
                extent = self.argument("_", sign)
                below += self.script(extent)
            elif exponent is not None:
                raise self.fault(sign, "two superscripts", hint="a power of a power needs brackets")
            else:
                extent = self.argument("^", sign)
                content = self.text[slice(*extent)].strip()
                if content in STARS:
                    above += "*"
                else:
                    exponent = (sign, extent)
        stems = [symbol_key(s) + below for s in (base, *others)] + [key + below]
        if exponent is not None and (script := self.superscript(exponent[1])) is not None:
            raised = [f"{s}^{script}" for s in stems] + [f"{s}{script}" for s in stems]
            plain = script.isdigit() or script in self.symbols.names
            known = self.symbols.find(raised[: len(stems)]) or (
                None if plain else self.symbols.find(raised[len(stems) :])
            )
            if known is not None:
                self.run.append(_Atom([known], known, at, raw))
                self.flush()
                return
        decoration = above + primes
        keys = list(dict.fromkeys(s + decoration for s in stems))
        if decoration:
            spelt = "star" * len(above) + "prime" * len(primes)
            keys += [s + end for end in (f"^{decoration}", spelt) for s in stems]
        subscript = below[len(digits) :]
        shown = f"{key}{digits}_{subscript}" if subscript else f"{key}{digits}"
        shown += "_star" * len(above) + "_prime" * len(primes)
        self.run.append(_Atom(keys, shown, at, raw))
        if exponent is not None:
            euler = keys == ["e"] and self.symbols.find(keys) is None
            if euler:  # e to a power, where no parameter is called e
                self.run.pop()
            self.flush()
            if euler:
                self.emit("name", "exp", at)
            else:
                self.emit("operator", "^", exponent[0])
            self.enclosed(exponent[1], exponent[0])

    def script(self, extent: tuple[int, int]) -> str:
        """Return a subscript as a part of a key."""
        content = self.text[slice(*extent)]
        key = symbol_key(content)
        if not key or not all(c.isalnum() or c == "'" for c in key):
            raise self.fault(
                extent[0], f"the subscript `{content[:40]}` cannot be read", max(1, extent[1] - extent[0])
            )
        return key

    def superscript(self, extent: tuple[int, int]) -> str | None:
        """Return a superscript as a part of a key, None where it can only be a power."""
        key = symbol_key(self.text[slice(*extent)])
        return key if key and all(c.isalnum() for c in key) else None


def _identifier(shown: str) -> str:
    """Return a name that expressions can hold for a symbol that the game does not have."""
    text = "".join(c if c.isalnum() or c == "_" else "_" for c in shown)
    return text if text.isidentifier() else f"_{text}"
