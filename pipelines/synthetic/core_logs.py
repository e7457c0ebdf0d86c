"""CORE: the logs of social lettings that landlords submit, as exports of the service and as a bulk upload.

What belongs here: what a log says of a letting that a scheme made (standards.md section 5), and its later changes. What
does not: the lettings themselves (registrations.py), headers (layouts.yml). No log names anybody.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import StringIO
from itertools import count

import polars as pl

from pipelines.synthetic.chance import Chance, stream
from pipelines.synthetic.days import age_on
from pipelines.synthetic.layouts import Layout
from pipelines.synthetic.lettings import RegisteredApplicant
from pipelines.synthetic.lives import Offer
from pipelines.synthetic.rows import Row, Value

NOT_LOGGED = 0.08
CHANGED = 0.05
LANDLORDS = ("Fictford Homes", "Samplewood Housing Trust", "Dummerby Housing Association")
# code of prevten and reason of somebody who comes from care, from temporary accommodation, from elsewhere
BEFORE = {"care": ("13", "55"), "temporary": ("18", "9"), "friends": ("28", "9"), "supported": ("6", "19")}
REFERRED_UNTIL = 2025  # the last collection that asks for the referral in one question
# field number -> column, as the template of 2026-27 numbers them; the start takes three fields
BULK_YEAR, BULK_FIELDS = 2026, 147
BULK: dict[int, str] = {
    1: "owning_organisation",
    4: "needstype",
    7: "renewal",
    13: "tenancycode",
    14: "propcode",
    16: "rsnvac",
    25: "la",
    38: "tenancy",
    41: "age1",
    113: "reason",
    115: "prevten",
    116: "homeless",
    127: "cbl",
    128: "cap",
    129: "chr",
    130: "accessible_register",
}
BULK_START = (8, 9, 10)


def collection(day: date) -> int:
    """Return the year in which the collection that holds a day began."""
    return day.year if day.month > 3 else day.year - 1


def _said(one: RegisteredApplicant, offer: Offer, chance: Chance) -> dict[str, Value]:
    """Return what export and bulk upload say alike of a letting."""
    leaver = bool(one.person.authority or one.person.leaver_of)
    came_from = chance.weighted({"care": 35 if leaver else 1, "temporary": 15, "friends": 30, "supported": 20})
    prevten, reason = BEFORE[came_from]
    general = offer.needs_type != "supported"
    route = {"cbl": offer.route in ("bid", None), "cap": offer.route == "direct", "chr": chance.happens(0.9)}
    said: dict[str, Value] = {
        "needstype": "1" if general else "2",
        "renewal": "0",
        "startdate": offer.tenancy_start,
        "rsnvac": chance.choice(("8", "5", "6", "13", "22")),
        "beds": offer.bedrooms if general else None,
        "la": offer.district,
        "tenancy": "2" if general else "5",
        "age1": age_on(one.person.born, offer.tenancy_start) if offer.tenancy_start is not None else None,
        "reason": reason,
        "prevten": prevten,
        "homeless": "11" if came_from == "temporary" else "1",
        "accessible_register": "0",
    }
    return said | {name: str(int(answer)) for name, answer in route.items()}


def _referral(chance: Chance, started: int, said: dict[str, Value]) -> dict[str, Value]:
    """Return who referred the tenant, in the questions of the collection."""
    from_care = said["prevten"] == "13"
    if started <= REFERRED_UNTIL:
        referral = "17" if from_care and chance.happens(0.7) else chance.choice(("2", "3", "4"))
        return {"referral": referral, "referral_type": "1" if referral in ("3", "4") else None}
    register = chance.choice(("1", "2", "6"))
    return {
        "referral_register": register,
        "referral_noms": chance.choice(("1", "2")) if register == "6" else None,
        "referral_org": chance.choice(("5", "15")) if from_care and chance.happens(0.7) else None,
    }


def log_rows(applicants: list[RegisteredApplicant], seed: int, started: int, prefix: str) -> list[Row]:
    """Return the logs of one collection; a changed one stands in the file again, as the service exports it.

    Args:
        applicants: everyone registered with the schemes of one county.
        seed: seed of the run.
        started: year in which the collection began.
        prefix: first digit of the ids.
    """
    rows: list[Row] = []
    numbers = count(started * 10_000)
    for one in applicants:
        for offer in one.made.first_offers:
            start = offer.tenancy_start
            chance = stream(seed, "core", one.made.scheme, offer.ref)
            if start is None or collection(start) != started or chance.happens(NOT_LOGGED):
                continue
            said = _said(one, offer, chance)
            logged = chance.after(max(start, offer.known), 2, 45)
            moment = datetime.combine(logged, time(9 + chance.randint(0, 8), chance.randint(0, 59)))
            values = said | _referral(chance, started, said)
            values |= {
                "id": f"{prefix}{next(numbers):06d}",
                "status": "completed" if chance.happens(0.93) else "in_progress",
                "updated_at": moment,
                "collection_start_year": started,
                "owning_organisation_name": chance.choice(LANDLORDS),
                "lettype": chance.choice(("1", "3", "5")) if said["needstype"] == "1" else "2",
                "scheme_primary_client_group": chance.choice(("P", "Q", "N")) if said["needstype"] == "2" else None,
                "scheme_type": "6" if said["needstype"] == "2" else None,
            }
            rows.append(_log(one.known, values, moment))
            if chance.happens(CHANGED):
                later = moment + timedelta(days=chance.randint(3, 60), minutes=chance.randint(0, 300))
                changed: dict[str, Value] = {"reason": "20", "status": "completed", "updated_at": later}
                rows.append(_log(one.known, values | changed, later))
    return rows


def _log(person: str | None, values: dict[str, Value], moment: datetime) -> Row:
    """Return the log as exported after its change; the service writes moments with their distance from UTC."""
    summer = 4 <= moment.month <= 10
    local = moment + timedelta(hours=int(summer))
    written = {"updated_at": f"{local.isoformat()}{'+01:00' if summer else '+00:00'}"}
    return Row(person, values, moment.date(), written=written, cell=f"log {values['id']}")


def export_layout(plan: Layout, started: int) -> Layout:
    """Return the layout of one collection: who referred is asked in one question or in three."""
    one, three = ("referral", "referral_type"), ("referral_register", "referral_noms", "referral_org")
    gone = three if started <= REFERRED_UNTIL else one
    return replace(plan, headers={name: header for name, header in plan.headers.items() if name not in gone})


def bulk_rows(applicants: list[RegisteredApplicant], seed: int) -> list[Row]:
    """Return the lettings of the collection of 2026-27 as the councils' bulk upload holds them."""
    rows: list[Row] = []
    for one in applicants:
        for offer in one.made.first_offers:
            start = offer.tenancy_start
            if start is None or collection(start) != BULK_YEAR or not offer.tenancy_ref:
                continue
            chance = stream(seed, "core", one.made.scheme, offer.ref)
            said = _said(one, offer, chance) | {"beds": None}
            said |= {
                "collection_start_year": BULK_YEAR,
                "owning_organisation": f"ORG{offer.district[-3:]}",
                "tenancycode": offer.tenancy_ref,
                "propcode": offer.property_ref,
            }
            rows.append(Row(one.known, said, max(start, offer.known), cell=f"upload {offer.tenancy_ref}"))
    return rows


def bulk_bytes(frame: pl.DataFrame) -> bytes:
    """Return the rows in the template of the service: questions, hints and field numbers above, a blank cell before."""
    into = StringIO(newline="")
    writer = csv.writer(into)
    writer.writerow(["Section", "Setting up the lettings log", *[""] * (BULK_FIELDS - 1)])
    writer.writerow(["Question", *(f"Question {number}" for number in range(1, BULK_FIELDS + 1))])
    writer.writerow(["Bulk upload field number", *range(1, BULK_FIELDS + 1)])
    for row in frame.iter_rows(named=True):
        cells = [row[BULK[number]] if number in BULK else "" for number in range(1, BULK_FIELDS + 1)]
        start: date = row["startdate"]
        for number, part in zip(BULK_START, (start.day, start.month, start.year % 100), strict=True):
            cells[number - 1] = part
        writer.writerow(["", *("" if cell is None else cell for cell in cells)])
    return into.getvalue().encode()


BULK_HEADER_ROW = 3
