"""Skeletons: what stays of a name however an office writes it in Latin letters.

What belongs here: the reduction of one word to its skeleton, for names that come from other scripts or alphabets
(Arabic, Pashto, Dari, Tigrinya, Amharic, Kurdish, Albanian, Vietnamese). What does not: comparing names
(`comparisons`), folding case and accents (`names`).

English phonetic keys (Soundex, Metaphone) guess how an English reader says a word. A name from another script has no
one English spelling: "Mohammed", "Muhamad" and "Mohamad" differ in vowels, which Arabic script does not write, and in
doubled letters; "Ghebremeskel" and "Gebremeskel", "Tsegay" and "Segai" in the letters chosen for one sound. So vowels
go, doubled letters become one, and the ways of writing one consonant become one letter.
"""

import re
import unicodedata

# Read from left to right, longest spelling first; each line is one sound and the ways in which offices write it.
SPELLINGS_OF_A_SOUND = {
    "s": ("tsch", "tch", "sch", "sh", "ch", "ts", "tz", "ss", "zz", "z", "s", "ç", "ş", "š", "č"),
    "k": ("kh", "ck", "q", "x", "c", "k"),
    "g": ("gh", "g"),
    "j": ("xh", "gj", "dzh", "dz", "dj", "zh", "j"),
    "f": ("ph", "f"),
    "t": ("th", "t"),
    "d": ("dh", "đ", "ð", "d"),
    "n": ("nj", "ng", "nh", "n"),
    "b": ("bh", "p", "b"),
    "v": ("v", "w"),
    "r": ("rh", "r"),
    "l": ("ł", "l"),
    "m": ("m",),
    "h": ("h", "ħ"),
}
# Written for a vowel, or as glides that offices add and leave out ("Dawud", "Daoud"; "Tesfai", "Tesfaye").
VOWELS = frozenset("aeiouyäëïöüáéíóúàèìòùâêîôûāēīōūăơưıøæœ")
GLIDES = frozenset("wh")

_SOUNDS = {spelling: sound for sound, spellings in SPELLINGS_OF_A_SOUND.items() for spelling in spellings}
_READER = re.compile("|".join(sorted(map(re.escape, _SOUNDS), key=len, reverse=True)) + "|.", re.DOTALL)


def skeleton(word: str) -> str:
    """Return the skeleton of one word of a name.

    A vowel at the start leaves an `a`, whichever it was ("Omar", "Umar"), because without it short names would all be
    alike; `y` at the start is kept apart from it. Other vowels go, and so do `w` and `h` that follow a consonant or
    end the word. Letters of other scripts stay as they are: they are one spelling already.

    Args:
        word: One word, in any case; accents may still be on it.

    Returns:
        Lower-case letters, empty only for a word without letters or digits.
    """
    letters = unicodedata.normalize("NFC", word.lower())
    kept: list[str] = []
    after_vowel = False
    for match in _READER.finditer(letters):
        spelling = match.group()
        plain = unicodedata.normalize("NFD", spelling)[0]
        at_start = match.start() == 0
        if spelling in VOWELS or plain in VOWELS:
            if at_start:
                kept.append("y" if plain == "y" else "a")
            after_vowel = True
            continue
        silent = spelling in GLIDES and not at_start and (not after_vowel or _ends_or_glides(letters, match.end()))
        sound = _SOUNDS.get(spelling) or _SOUNDS.get(plain) or (plain if plain.isalnum() else "")
        if sound and not silent and (not kept or kept[-1] != sound or (after_vowel and spelling != "w")):
            kept.append(sound)
        after_vowel = False
    return "".join(kept)


def _ends_or_glides(letters: str, end: int) -> bool:
    """Whether what follows lets a glide fall silent: nothing ("Fatimah"), or for `w` any vowel ("Dawud")."""
    return end == len(letters) or (letters[end - 1] == "w")
