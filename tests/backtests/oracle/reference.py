"""Protocol facts and code lists, read from the seeds as data.

What belongs here: authorities, districts, postcodes, schemes, what a code means, which measures and breakdown values
are listed. What does not: any rule that uses them.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

UNKNOWN_AREA = "unknown"
OUTSIDE_COUNTY = "outside_county"


@dataclass(frozen=True)
class Authority:
    """A county with a protocol: its ages of scope and the day from which it is monitored."""

    name: str
    gss_code: str
    age_from: int
    age_to: int
    age_to_in_education: int
    age_from_of_all: int
    """The lower limit of who is "in scope from 16" (reading 39)."""
    monitoring_from: date
    letter: str
    """The protocol's letter in clauses, K or L."""


@dataclass(frozen=True)
class ServiceArea:
    """A council that a lettings scheme serves, and when; both days included."""

    scheme: str
    area_code: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Obligation:
    """A promise with a due date, as the seed has it."""

    clause: str
    letters: frozenset[str]
    about_people: bool


@dataclass(frozen=True)
class RankedBand:
    """A band of a register with its rank, or a register's band for care leavers without one; both days included."""

    band: str
    rank: int | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Reference:
    """Everything that the oracle takes from the seeds."""

    authorities: dict[str, Authority]
    districts: dict[str, str]
    """Known district → authority; an empty string for a council of neither county."""
    postcode_prefixes: dict[str, str]
    service_areas: list[ServiceArea]
    kind_of_accommodation: dict[str, str]
    kind_of_secured: dict[str, str]
    kind_of_temporary: dict[str, str]
    family_of_kind: dict[str, str]
    ethnic_group: dict[str, str]
    uasc_of_status: dict[str, str]
    disabilities: set[str]
    activities_in_education: set[str]
    category_of_assessment: dict[str, str]
    sources_needed: dict[str, frozenset[str]]
    """Measure or obligation → the tokens of reading 48."""
    breakdown_values: dict[str, dict[str, list[str]]]
    """Measure id, `*` for all, or a group of obligations → breakdown → values."""
    obligations: dict[str, Obligation]
    care_leaver_needs: set[str]
    bank_holidays: set[date]
    local_connection_lifted: date
    authority_of_scheme: dict[str, str]
    bands: dict[tuple[str, str], list[RankedBand]]
    """(scheme, council) → bands with ranks."""
    care_leaver_bands: dict[tuple[str, str], list[RankedBand]]
    """(scheme, council) → the band for care leavers, `not_published` or `none`."""

    def districts_of(self, authority: str) -> list[str]:
        """The authority's own districts, in order of code."""
        return sorted(code for code, owner in self.districts.items() if owner == authority)

    def schemes_serving(self, districts: Collection[str], first_day: date, last_day: date) -> list[str]:
        """The lettings schemes that serve any of `districts` on some day of a period, both days included."""
        serving = {
            service.scheme
            for service in self.service_areas
            if service.area_code in districts and service.valid_from <= last_day and first_day <= service.valid_to
        }
        return sorted(serving)

    def area(self, authority: str, district: str | None) -> str:
        """The area of a row that lies in `district`, seen from `authority` (reading 10)."""
        if district is None or district not in self.districts:
            return UNKNOWN_AREA
        return district if self.districts[district] == authority else OUTSIDE_COUNTY

    def district_of_postcode(self, postcode: str | None) -> str | None:
        """Longest prefix wins; none is none (page §2)."""
        text = (postcode or "").replace(" ", "").upper()
        found = [prefix for prefix in self.postcode_prefixes if text.startswith(prefix)]
        return self.postcode_prefixes[max(found, key=len)] if found else None

    def listed_values(self, measure_id: str, breakdown: str) -> list[str]:
        """The values that a county row lists: those of all measures, of all obligations, and the measure's own."""
        promise = self.obligations.get(measure_id)
        shared = [] if promise is None else ["obligation" if promise.about_people else "obligation_of_district"]
        names = ["*", *shared, measure_id]
        return [value for name in names for value in self.breakdown_values.get(name, {}).get(breakdown, [])]

    def rank_of(self, scheme: str, council: str | None, band: str | None, day: date) -> int | None:
        """Rank of a register's band on `day` (reading 69)."""
        if council is None:
            return None
        valid = (row for row in self.bands.get((scheme, council), []) if row.valid_from <= day <= row.valid_to)
        return next((row.rank for row in valid if row.band == band), None)

    def care_leaver_band(self, scheme: str, council: str | None, day: date) -> str | None:
        """The band that a register gives care leavers on `day`; `None` where the seed has no row (reading 69)."""
        if council is None:
            return None
        rows = self.care_leaver_bands.get((scheme, council), [])
        return next((row.band for row in rows if row.valid_from <= day <= row.valid_to), None)


def read_reference(seeds: Path) -> Reference:
    """Read the seeds below `seeds`, wherever in its folders they lie.

    Raises:
        FileNotFoundError: a seed is missing; the text names it.
    """
    return Reference(
        authorities={row["authority"]: _authority(row) for row in _seed(seeds, "authority")},
        districts={row["area_code"]: row["authority"] for row in _seed(seeds, "area")},
        postcode_prefixes={row["prefix"]: row["district_gss"] for row in _seed(seeds, "postcode_area")},
        service_areas=[_service_area(row) for row in _seed(seeds, "scheme_area")],
        kind_of_accommodation=_mapped(seeds, "accommodation", "kind_of_home"),
        kind_of_secured=_mapped(seeds, "accommodation_secured", "kind_of_home"),
        kind_of_temporary=_mapped(seeds, "temporary_accommodation_type", "kind_of_home"),
        family_of_kind=_mapped(seeds, "kind_of_home", "family"),
        ethnic_group=_mapped(seeds, "ethnicity", "ethnic_group"),
        uasc_of_status=_mapped(seeds, "immigration_status", "former_uasc"),
        disabilities={row["code"] for row in _seed(seeds, "disability") if row["is_disability"] == "true"},
        activities_in_education={row["code"] for row in _seed(seeds, "activity") if row["in_education"] == "true"},
        category_of_assessment=_mapped(seeds, "initial_assessment", "category"),
        sources_needed={
            row[key]: frozenset(row["sources_needed"].split())
            for seed, key in (("measures", "measure_id"), ("obligations", "obligation_id"))
            for row in _seed(seeds, seed)
        },
        breakdown_values=_breakdown_values(seeds),
        obligations={
            row["obligation_id"]: Obligation(row["clause"], frozenset(row["letters"].split()), row["about"] == "person")
            for row in _seed(seeds, "obligations")
        },
        care_leaver_needs={row["code"] for row in _seed(seeds, "support_need") if row["is_care_leaver"] == "true"},
        bank_holidays={date.fromisoformat(next(iter(row.values()))) for row in _seed(seeds, "bank_holiday")},
        local_connection_lifted=next(
            date.fromisoformat(row["in_force_from"])
            for row in _seed(seeds, "policy_date")
            if row["policy"] == "local_connection_lifted"
        ),
        authority_of_scheme={row["scheme"]: row["authority"] for row in _seed(seeds, "scheme")},
        bands=_bands(seeds, "scheme_band", "band"),
        care_leaver_bands=_bands(seeds, "care_leaver_band", "care_leaver_band"),
    )


def _authority(row: dict[str, str]) -> Authority:
    return Authority(
        name=row["authority"],
        gss_code=row["gss_code"],
        age_from=int(row["scope_age_from"]),
        age_to=int(row["scope_age_to"]),
        age_to_in_education=int(row["scope_age_to_in_education"]),
        age_from_of_all=int(row["measure_age_from_all"]),
        monitoring_from=date.fromisoformat(row["monitoring_from"]),
        letter=row["protocol_letter"],
    )


def _service_area(row: dict[str, str]) -> ServiceArea:
    return ServiceArea(
        scheme=row["scheme"],
        area_code=row["area_code"],
        valid_from=_valid_from(row),
        valid_to=_valid_to(row),
    )


def _bands(seeds: Path, name: str, band: str) -> dict[tuple[str, str], list[RankedBand]]:
    bands: dict[tuple[str, str], list[RankedBand]] = {}
    for row in _seed(seeds, name):
        rank = int(row["rank"]) if "rank" in row else None
        ranked = RankedBand(row[band], rank, _valid_from(row), _valid_to(row))
        bands.setdefault((row["scheme"], row["local_authority_gss"]), []).append(ranked)
    return bands


def _valid_from(row: dict[str, str]) -> date:
    return date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min


def _valid_to(row: dict[str, str]) -> date:
    return date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max


def _breakdown_values(seeds: Path) -> dict[str, dict[str, list[str]]]:
    values: dict[str, dict[str, list[str]]] = {}
    for row in _seed(seeds, "breakdown_value"):
        values.setdefault(row["measure_id"], {}).setdefault(row["breakdown"], []).append(row["breakdown_value"])
    return values


def _mapped(seeds: Path, name: str, column: str) -> dict[str, str]:
    return {row["code"]: row[column] for row in _seed(seeds, name)}


def _seed(seeds: Path, name: str) -> list[dict[str, str]]:
    found = sorted(seeds.rglob(f"{name}.csv"))
    if len(found) != 1:
        raise FileNotFoundError(f"expected one seed {name}.csv below {seeds}, found {len(found)}")
    with found[0].open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
