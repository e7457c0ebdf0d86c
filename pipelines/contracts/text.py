"""How two spellings of the same words are made equal: for headers and for codes.

What belongs here: normalisation of text for comparison. What does not: the value that lands, which keeps its spelling.
"""

from __future__ import annotations

import re
import unicodedata

# Written by Excel, Word and web pages where a keyboard writes ' " -
_UNIFORM = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201b": "'",
        "\u0060": "'",
        "\u00b4": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201f": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u200b": " ",
        "\ufeff": " ",
    }
)
_SPACES = re.compile(r"\s+")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Return the text in one case, with plain quotes, dashes and single spaces; punctuation stays."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).translate(_UNIFORM).casefold()).strip()


def bare(text: str) -> str:
    """Return only the words of the text: `Children’s Home / Hostel` and `childrens home hostel` are equal.

    `&` is read as "and"; apostrophes vanish; any other punctuation is a space. Text without a word gives "".
    """
    plain = unicodedata.normalize("NFKD", folded(text)).replace("&", " and ").replace("'", "")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_WORDS.sub(" ", plain).strip()


def header_key(text: str) -> str:
    """Return what two headers are compared by: case, spaces, punctuation and quotes do not count.

    `Date of Birth`, `date_of_birth` and `DateOfBirth` are equal (standards.md section 1.2: all three layouts are live).
    """
    return bare(text).replace(" ", "")
