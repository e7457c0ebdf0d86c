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
    bed_and_breakfast_age_from: int
    monitoring_from: date


@dataclass(frozen=True)
class ServiceArea:
    """A council that a lettings scheme serves, and when; both days included."""

    scheme: str
    area_code: str
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
    sources_needed: dict[str, set[str]]
    breakdown_values: dict[str, dict[str, list[str]]]
    """Measure id or `*` → breakdown → values."""

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

    def breakdowns_of(self, measure_id: str) -> dict[str, list[str]]:
        """The breakdowns of a measure with the values that its county row lists (reading 35)."""
        common = self.breakdown_values.get("*", {})
        listed = {**common, **self.breakdown_values.get(measure_id, {})}
        return {breakdown: values for breakdown, values in listed.items() if breakdown != "total"}


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
        sources_needed={row["measure_id"]: set(row["sources_needed"].split()) for row in _seed(seeds, "measures")},
        breakdown_values=_breakdown_values(seeds),
    )


def _authority(row: dict[str, str]) -> Authority:
    return Authority(
        name=row["authority"],
        gss_code=row["gss_code"],
        age_from=int(row["scope_age_from"]),
        age_to=int(row["scope_age_to"]),
        age_to_in_education=int(row["scope_age_to_in_education"]),
        bed_and_breakfast_age_from=int(row["measure_age_from_all"]),
        monitoring_from=date.fromisoformat(row["monitoring_from"]),
    )


def _service_area(row: dict[str, str]) -> ServiceArea:
    return ServiceArea(
        scheme=row["scheme"],
        area_code=row["area_code"],
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
    )


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
