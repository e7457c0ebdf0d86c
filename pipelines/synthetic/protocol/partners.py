"""The partnership itself: single points of contact, reviews of the protocol, partners' returns, words for the packs.

What belongs here: the forms that name no young person (K2, K6.2, K11, L16, L19). What does not: those that do.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from pipelines.synthetic.chance import Chance, stream
from pipelines.synthetic.days import month_ends, quarter_ends, quarter_label
from pipelines.synthetic.people import names
from pipelines.synthetic.protocol.records import Book, Change
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import Value

FORUMS = {"kent": ("KHOG", "Protocol annual review"), "lancashire": ("Corporate Parenting Board", "Housing sub-group")}
ACTIONS = (
    "Publish the rota of contacts on every district's page.",
    "Agree with the schemes how the care-leaver flag is set.",
    "Visit the two hostels that took most referrals.",
    "Train new advisers in the duty to refer.",
    "Find a landlord for six shared homes.",
)
OWNERS = ("Accommodation Manager", "Head of Permanence", "Housing options lead")
PARAGRAPHS = (
    "Bed and breakfast was used more than planned after a supported scheme closed for repairs.",
    "Two districts changed their system, so their figures of the quarter are to be read with care.",
    "Social lettings rose with the handover of a new building.",
    "The figures were looked at with the districts and no error was found.",
)


def _quarters(book: Book) -> list[date]:
    """Return the quarter ends from the launch of the forms to the last day of the run."""
    months = (book.as_at.year - book.launched.year) * 12 + book.as_at.month - book.launched.month + 1
    return quarter_ends(month_ends(book.as_at, months))


def keep(book: Book, ref: Reference) -> None:
    """Write all lists of the partnership."""
    for district in ref.districts[book.authority]:
        _contacts(book, district)
        _returns(book, district)
    _reviews(book)
    _words(book, ref)


def _officer(chance: Chance) -> str:
    known = names()
    forename, _ = chance.choice(known["forenames"]["f"] + known["forenames"]["m"])
    return f"{forename} {chance.choice(known['surnames'])}"


def _contacts(book: Book, district: str) -> None:
    """Write one contact after the other: some handed over at once, some with a gap, a few with an overlap."""
    chance = stream(book.seed, "spoc", district)
    day, number = chance.after(book.launched, -300, 40), 0
    while day <= book.as_at:
        over = day + chance.length(500, least=60)
        name = _officer(chance)
        address = "".join(letter for letter in name.lower().replace(" ", ".") if letter.isascii() and letter not in "'")
        values: dict[str, Value] = {
            "district_gss": district,
            "name": name if chance.happens(0.97) else None,
            "email": f"{address}@{district.lower()}.example",
            "from_date": day,
        }
        later: list[Change] = [(over, {"to_date": over})] if over <= book.as_at else []
        book.enter_list("spoc", f"{district[-3:]}{number}", max(day, book.launched), values, later)
        gap = chance.weighted({"at once": 45, "gap": 40, "overlap": 15})
        least, most = {"at once": (1, 1), "gap": (8, 110), "overlap": (-20, 0)}[gap]
        day, number = chance.after(over, least, most), number + 1


def _returns(book: Book, district: str) -> None:
    for end in _quarters(book):
        chance = stream(book.seed, "partner_return", district, end)
        if chance.happens(0.1):
            continue
        day = chance.after(end, 30, 100) if chance.happens(0.12) else chance.after(end, 3, 28)
        label = quarter_label(end)
        values: dict[str, Value] = {"district_gss": district, "quarter": label, "received_on": day}
        if day <= book.as_at:
            book.enter_list("partner_return", f"{district[-3:]}-{label}", day, values)


def _reviews(book: Book) -> None:
    """Write the reviews of the protocol: one in most quarters, Kent's yearly one by the end of most Aprils."""
    quarterly, yearly = FORUMS[book.pattern]
    ends = _quarters(book)
    for before, end in pairwise([ends[0] - timedelta(days=90), *ends] if ends else []):
        chance = stream(book.seed, "protocol_review", book.authority, end)
        if chance.happens(0.82):
            day = end if chance.happens(0.1) else chance.between(before + timedelta(days=1), end)
            values: dict[str, Value] = {"review_date": day, "forum": quarterly}
            book.enter_list("protocol_review", f"{end:%y%m}", max(day, book.launched), values)
        if end.month == 6 and chance.happens(0.75):
            due = date(end.year, 4, 30)
            day = due + timedelta(days=chance.choice((-20, -1, 0, 1, 12)))
            if book.launched <= day <= book.as_at:
                book.enter_list("protocol_review", f"{end:%y}a", day, {"review_date": day, "forum": yearly})


def _words(book: Book, ref: Reference) -> None:
    """Write the commentary beside the figures and the board's actions, for the county and now and then a district."""
    county = ref.county[book.authority]
    for end in _quarters(book):
        chance = stream(book.seed, "commentary", book.authority, end)
        written = chance.after(end, 10, 40)
        for number, area in enumerate((county, chance.choice(ref.districts[book.authority]))):
            if written > book.as_at or not chance.happens(0.85):
                continue
            said: dict[str, Value] = {"area": area, "quarter": quarter_label(end), "text": chance.choice(PARAGRAPHS)}
            book.enter_list("commentary", f"{end:%y%m}-{number}", written, said)
            due = chance.after(written, 30, 120)
            done = chance.after(due, -25, 45) if chance.happens(0.7) else None
            action = said | {
                "text": chance.choice(ACTIONS),
                "owner": chance.choice(OWNERS) if chance.happens(0.95) else None,
                "due_on": due,
            }
            later: list[Change] = (
                [(done, {"done_on": done})] if done is not None and written < done <= book.as_at else []
            )
            book.enter_list("action_log", f"{end:%y%m}-{number}", written, action, later)
