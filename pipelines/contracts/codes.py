"""Code lists and their spellings: from what a sender wrote to a code.

What belongs here: reading the lists, and resolving one spelling. What does not: the spellings themselves
(`spellings/<list>.csv`), the codes (`dbt_project/seeds/codes`), what happens to an unknown spelling (landing).

Resolution is exact after normalisation, never by substring: `Z - Supported Lodgings (Staying Put)` holds the words
"supported lodgings" and is staying put (standards.md section 1.4). An unknown spelling is no code, never a guess.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pipelines.contracts.text import bare, folded
from pipelines.project_files import project_folder

# How councils mark a code inside a longer label, per list.
# letter: the 903 ACCOM letter, with or without a digit: `D`, `D1`, `D3 - …`, `(D) 16+ …`, `D: …`, `… [D]`.
# code: a code of the list before its label: `F1: Full time …`, `WBRI - White British`.
_LETTERED = frozenset({"accommodation"})
_CODED = frozenset(
    {"activity", "disability", "episode_ceased_reason", "ethnicity", "in_touch", "legal_status", "placement_type"}
)
# enumerated: a list number that means nothing by itself: `a) Yes`, `02 - No, resident in the UK`, `… [1]`; where codes
# stand before labels, also both: `f) U6: Foster placement`.
_ENUMERATED = frozenset(
    {"accommodation", "eligibility", "sex", "suitability", "yes_no", *_CODED},
)

_BRACKETED = re.compile(r"^[(\[](?P<mark>[a-z0-9]{1,4})[)\]] ?(?P<rest>.*)$")
_COLON = re.compile(r"^(?P<mark>[a-z0-9]{1,4}) ?: ?(?P<rest>.*)$")
# A dash counts as a mark only beside a space or at the end: `B-and-B` is no B.
_DASH = re.compile(r"^(?P<mark>[a-z0-9]{1,4})(?: -|- |-$)(?P<rest>.*)$")
_TRAILING = re.compile(r"^(?P<rest>.+?) ?\[(?P<mark>[a-z0-9]{1,4})\]$")
# `U Independent living`, `B-With parents`: the letter may be an article or an initial, so the words must agree with it.
_UNCERTAIN = re.compile(r"^(?P<mark>[a-z0-9]{1,4})[ -](?P<rest>.+)$")
_LIST_LETTER = re.compile(r"^[a-z0-9]{1,2}\) ?(?P<rest>.+)$")
_LIST_NUMBER = re.compile(r"^\(?(?P<number>\d{1,2})(?:\)? ?[-.:] ?|\) ?| )(?P<rest>.+)$")
_TRAILING_NUMBER = re.compile(r"^(?P<rest>.+?) ?[(\[](?P<number>\d{1,2})[)\]]$")
_FORM_PREFIX = re.compile(r"^care leaver ?-? ?'accommodation' ?/ ?(?P<rest>.+)$")
# `Supported lodgings (E)`: round brackets at the end hold asides as often as marks, so the words must agree.
_TRAILING_ASIDE = re.compile(r"^(?P<rest>.+?) ?\((?P<mark>[a-z0-9]{1,4})\)$")
# Codes that are also plain words: `No - gone abroad` is no NO of the 903 (it is left out of both counts).
_PLAIN_WORDS = frozenset({"yes", "no", "died"})
# Lists in which a label whose words speak only of other codes is not believed on its mark alone.
_DOUBTED = frozenset({"accommodation", "in_touch"})
_SAYS_NOTHING = frozenset(
    ["and", "eg", "for", "in", "not", "of", "or", "other", "suitable", "the", "unsuitable", "with"]
)
# Remarks that do not change which code a label means, per list; what is left must be a known spelling.
_AGE = r"(?:1[5-9]|2[0-5])"
_AGES = rf"\(? ?(?:aged? )?{_AGE}(?: ?(?:-|to) ?{_AGE}|\+)(?: years?| yrs?)? ?\)?"
_ASIDES: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "accommodation": (
        re.compile(rf"^{_AGES} ?-? ?(?P<rest>.+)$"),
        re.compile(rf"^(?P<rest>.+?),? ?-? ?{_AGES}$"),
        re.compile(r"^(?P<rest>.+?) ?[-:,(/] ?(?:considered |deemed )?(?:un|not )?suitable\)?$"),
    ),
    "eligibility": (
        re.compile(r"^(?:care leaver|leaving care) ?[-:/] ?(?P<rest>.+)$"),
        re.compile(rf"^(?P<rest>.+?),? ?-? ?{_AGES}$"),
    ),
    "suitability": (re.compile(r"^accommodation ?[-:/] ?(?P<rest>.+)$"),),
}
# `Yes - In touch`, `Prison/YOI`, `FR (Former relevant)`: several ways of saying one thing.
_PARTS = re.compile(r" - | ?[:;/|=(\[] ?")
_INITIALS = re.compile(r"^\(?(?P<mark>[a-z]{1,4})\)? ?[-:.=] ?(?P<rest>.+)$")
_FLOATED = re.compile(r"^(?P<whole>\d{1,2})\.0+$")
# Field widths cut long labels: `… or someone with parental responsibili`. Shorter beginnings could become anything.
_SHORTEST_CUT = 30
# Words that councils write in several ways; compared as if they were one.
_SAME_WORDS = {
    "accom": "accommodation",
    "accomm": "accommodation",
    "accomodation": "accommodation",
    "independant": "independent",
    "la": "local authority",
    "yp": "young person",
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a spelling means.

    Attributes:
        code: the code, or None where the sender says in words that nothing is recorded.
        derived: further facts that the label carries, e.g. `{"tenure": "council"}` for "Own tenancy council".
    """

    code: str | None
    derived: Mapping[str, str] = field(default_factory=dict)


class SpellingsError(Exception):
    """A list of codes or spellings contradicts itself; the text names the file and the spelling."""


@cache
def code_list(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of `dbt_project/seeds/codes/<name>.csv` as mappings from column to text.

    Raises SpellingsError when there is no such list.
    """
    path = project_folder("dbt_project") / "seeds" / "codes" / f"{name}.csv"
    if not path.is_file():
        raise SpellingsError(f"There is no code list {name!r}: {path} does not exist.")
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def _spellings(source: Traversable | Path) -> list[dict[str, str]]:
    if not source.is_file():
        return []
    return list(csv.DictReader(source.read_text(encoding="utf-8-sig").splitlines()))


class CodeList:
    """One list: its codes, its labels and every spelling known for it."""

    def __init__(self, name: str, overlay: Path | None = None) -> None:
        """Read the list and its spellings.

        Args:
            name: name of the list, as in `code_list: accommodation`.
            overlay: folder that may hold `<name>.csv` with a council's own spellings; these win over the packaged ones.
        """
        self.name = name
        self.codes = tuple(row["code"] for row in code_list(name))
        self._by_mark = {code.casefold(): code for code in self.codes}
        self._index: dict[str, Resolution] = {}
        for row in code_list(name):
            self._add(row["code"], Resolution(row["code"]), "its seed")
            if row["label"]:
                self._add(row["label"], Resolution(row["code"]), "its seed")
        packaged = files("pipelines.contracts") / "spellings" / f"{name}.csv"
        self._read(packaged, "its packaged spellings", replace=False)
        if overlay is not None:
            self._read(overlay / f"{name}.csv", str(overlay / f"{name}.csv"), replace=True)

    def _read(self, source: Traversable | Path, where: str, *, replace: bool) -> None:
        for row in _spellings(source):
            code = row["code"] or None
            if code is not None and code not in self.codes:
                raise SpellingsError(
                    f"{where}: the spelling {row['spelling']!r} of {self.name} names the code {code!r}, which is not "
                    f"in dbt_project/seeds/codes/{self.name}.csv. Correct the code or add it to the list."
                )
            derived = {key: value for key, value in row.items() if key not in ("spelling", "code") and value}
            self._add(row["spelling"], Resolution(code, derived), where, replace=replace)

    def _add(self, spelling: str, resolution: Resolution, where: str, *, replace: bool = False) -> None:
        key = _words_of(spelling)
        known = self._index.get(key)
        if not key or (known is not None and known.code != resolution.code and not replace):
            raise SpellingsError(
                f"{where}: the spelling {spelling!r} of {self.name} is empty or already means another code."
            )
        if known is None or replace or resolution.derived:
            self._index[key] = resolution

    @property
    def spellings(self) -> Mapping[str, Resolution]:
        """Every normalised spelling and what it means."""
        return self._index

    def resolve(self, spelling: str) -> Resolution | None:
        """Return what the spelling means, or None when it is not known."""
        exact = self._words(spelling)
        if exact is not None:
            return exact
        text = folded(spelling)
        listed = _LIST_LETTER.match(text)
        if listed is not None:
            return self._listed(listed["rest"]) if self.name in _ENUMERATED else None
        if self._mark(text)[0] is not None:
            return self._marked(text)
        return self._label(text) or (self._unnumbered(text) if self.name in _ENUMERATED else None)

    def _listed(self, text: str) -> Resolution | None:
        """Return the meaning of what follows a list letter; a lettered list would have two letters, which is doubt."""
        return self._label(text) or (self._marked(text) if self.name in _CODED else None)

    def _marked(self, text: str) -> Resolution | None:
        """Return the meaning of a label that its own mark names, unless the label's words say something else."""
        code, rest, certain = self._mark(text)
        words = self._label(rest)
        if words is not None:
            return words if words.code == code else None
        if code is None or not certain or self._speaks_of_another(code, rest):
            return None
        return Resolution(code)

    def _words(self, text: str) -> Resolution | None:
        return self._index.get(_words_of(text))

    def _label(self, text: str) -> Resolution | None:
        """Return the meaning of a label without a mark: known words, said twice, abbreviated, annotated or cut off."""
        exact = self._words(text)
        if exact is not None:
            return exact
        floated = _FLOATED.match(text)
        if floated is not None:
            return self._words(floated["whole"])
        return self._said_twice(text) or self._abbreviated(text) or self._without_asides(text) or self._cut_off(text)

    def _said_twice(self, text: str) -> Resolution | None:
        """Return the meaning that every part of the label has by itself, None where a part has another or none."""
        parts = [part.strip(" )]") for part in _PARTS.split(text)]
        meant = [self._words(part) for part in parts if part]
        known = [one for one in meant if one is not None and one.code is not None]
        if len(meant) < 2 or len(known) != len(meant) or len({one.code for one in known}) != 1:
            return None
        return max(known, key=lambda one: len(one.derived))

    def _abbreviated(self, text: str) -> Resolution | None:
        """Return the meaning of words after their own initials: `FRC - Former relevant child`, `S: Suitable`."""
        match = _INITIALS.match(text)
        if match is None or (self.name in _LETTERED and len(match["mark"]) == 1):
            return None
        initials = "".join(word[0] for word in bare(match["rest"]).split())
        return self._words(match["rest"]) if initials.startswith(match["mark"]) else None

    def _without_asides(self, text: str) -> Resolution | None:
        for pattern in _ASIDES.get(self.name, ()):
            match = pattern.match(text)
            found = self._words(match["rest"]) if match else None
            if found is not None:
                return found
        return None

    def _cut_off(self, text: str) -> Resolution | None:
        """Return what all known labels mean that go on where this one ends in the middle of a word."""
        words = _words_of(text)
        if len(words) < _SHORTEST_CUT:
            return None
        codes = {
            found.code
            for key, found in self._index.items()
            if key.startswith(words) and key != words and key[len(words)] != " "
        }
        return Resolution(code) if len(codes) == 1 and (code := codes.pop()) else None

    @cached_property
    def _vocabulary(self) -> Mapping[str, frozenset[str]]:
        """Each word of the known spellings, and the codes that it is used of."""
        used: dict[str, set[str]] = {}
        for key, found in self._index.items():
            for word in key.split():
                if found.code is not None and word not in _SAYS_NOTHING and word not in self._by_mark:
                    used.setdefault(word, set()).add(found.code)
        return {word: frozenset(codes) for word, codes in used.items()}

    def _speaks_of_another(self, code: str, label: str) -> bool:
        """Return whether the label's words are known of other codes only; it doubts a mark and decides nothing."""
        if self.name not in _DOUBTED:
            return False
        known = [self._vocabulary[word] for word in _words_of(label).split() if word in self._vocabulary]
        return bool(known) and not any(code in codes for codes in known)

    def _mark(self, text: str) -> tuple[str | None, str, bool]:
        """Return the code that the label's own mark names, the label's words, and whether the mark is beyond doubt."""
        if self.name not in _LETTERED and self.name not in _CODED:
            return None, text, False
        if len(text) == 2 and text[1] not in "12":
            return None, text, False
        code = self._code_of_mark(text)
        if code is not None:
            return code, "", True
        for pattern in (_BRACKETED, _COLON, _DASH, _TRAILING, _UNCERTAIN, _TRAILING_ASIDE):
            match = pattern.match(text)
            code = self._code_of_mark(match["mark"]) if match else None
            if match is not None and code is not None:
                certain = pattern not in (_UNCERTAIN, _TRAILING_ASIDE) and match["mark"] not in _PLAIN_WORDS
                return code, match["rest"], certain
        return None, text, False

    def _code_of_mark(self, mark: str) -> str | None:
        """Return the code that a mark stands for; a digit after an ACCOM letter is suitability or a local sub-type."""
        code = self._by_mark.get(mark)
        if code is None and self.name in _LETTERED and len(mark) == 2 and mark[1].isdigit():
            return self._by_mark.get(mark[0])
        return code

    def _unnumbered(self, text: str) -> Resolution | None:
        """Return the meaning of the words beside a list number, or after the name of the form they were entered on.

        A number that is a code itself must not contradict the words: `Suitable [2]` is nothing.
        """
        form = _FORM_PREFIX.match(text)
        if form is not None:
            return self._label(form["rest"])
        for pattern in (_LIST_NUMBER, _TRAILING_NUMBER):
            match = pattern.match(text)
            if match is not None:
                words, number = self._label(match["rest"]), self._words(match["number"])
                return words if words is None or number is None or number.code == words.code else None
        return None


def _words_of(spelling: str) -> str:
    """Return what two spellings of a code are compared by."""
    words = bare(spelling.replace("(s)", "s").replace("(S)", "s")).split()
    return " ".join(_SAME_WORDS.get(word, word) for word in words)


class CodeLists:
    """All code lists, read when first asked for."""

    def __init__(self, overlay: Path | None = None) -> None:
        """Remember where a council's own spellings may be (`<overlay>/<list>.csv`)."""
        self._overlay = overlay
        self._lists: dict[str, CodeList] = {}

    def __getitem__(self, name: str) -> CodeList:
        """Return the list of that name; raises SpellingsError when there is none."""
        if name not in self._lists:
            self._lists[name] = CodeList(name, self._overlay)
        return self._lists[name]

    def resolve(self, name: str, spelling: str) -> Resolution | None:
        """Return what the spelling means in the named list, or None when it is not known."""
        return self[name].resolve(spelling)


@cache
def _packaged() -> CodeLists:
    return CodeLists()


def resolve(list_name: str, spelling: str) -> Resolution | None:
    """Return what the spelling means by the packaged spellings, or None when it is not known.

    Raises SpellingsError when there is no such list.
    """
    return _packaged().resolve(list_name, spelling)
