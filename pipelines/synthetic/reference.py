"""What the generator takes from the project's seeds: code labels, districts, postcode areas, schemes and bands.

What belongs here: reading those CSV files, and drawing a postcode from them. What does not: any fact of its own. The
models read the same seeds; nothing else is shared with them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property

from pipelines.project_files import dbt_project
from pipelines.synthetic.chance import Chance

LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # the letters of real inward codes
PATTERNS = {"K": "kent", "L": "lancashire"}
UNMAPPED_PREFIXES = ("XZ90", "XZ91", "XZ97")  # areas of other councils, which the seed does not know


@dataclass(frozen=True)
class Reference:
    """The seeds, as the generator uses them.

    Attributes:
        labels: code list -> code -> label.
        districts: authority -> GSS codes of its districts.
        unitaries: authority -> GSS codes of councils that belong to no authority here but to its schemes; where there
            are none, those of the neighbour's districts.
        county: authority -> GSS code of the county.
        pattern: authority -> the county after whose its own ways are drawn (size, rates, layouts), by its protocol.
        neighbour: authority -> the authority to which its people move now and then.
        prefixes: GSS code -> postcode prefixes that lie in it.
        scheme_of: GSS code -> lettings scheme that serves it.
        scheme_authority: scheme -> authority it works in.
        bands: scheme -> bands, best first.
        leaver_band: GSS code -> band of a care leaver, where a policy names one.
    """

    labels: dict[str, dict[str, str]]
    districts: dict[str, tuple[str, ...]]
    unitaries: dict[str, tuple[str, ...]]
    county: dict[str, str]
    pattern: dict[str, str]
    neighbour: dict[str, str]
    prefixes: dict[str, tuple[str, ...]]
    scheme_of: dict[str, str]
    scheme_authority: dict[str, str]
    bands: dict[str, tuple[str, ...]]
    leaver_band: dict[str, str]

    def postcode(self, chance: Chance, district: str | None) -> str:
        """Return a postcode that does not exist, compact, in the district; None is a place that no seed maps."""
        while True:
            prefix = chance.choice(UNMAPPED_PREFIXES if district is None else self.prefixes[district])
            rest = f"{chance.randint(1, 9)}{chance.choice(LETTERS)}{chance.choice(LETTERS)}"[len(prefix) - 4 :]
            if self.district_of(prefix + rest) == district:
                return prefix + rest

    def district_of(self, postcode: str) -> str | None:
        """Return the district of a compact postcode by the longest prefix, None where the seed has none."""
        known = (self._district_of_prefix.get(postcode[:length]) for length in range(len(postcode), 0, -1))
        return next((gss for gss in known if gss is not None), None)

    @cached_property
    def _district_of_prefix(self) -> dict[str, str]:
        pairs = sorted((gss, prefix) for gss, prefixes in self.prefixes.items() for prefix in prefixes)
        return {prefix: gss for gss, prefix in pairs}


def _rows(path: str) -> list[dict[str, str]]:
    with (dbt_project() / "seeds" / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _labels() -> dict[str, dict[str, str]]:
    folder = dbt_project() / "seeds" / "codes"
    return {
        path.stem: {row["code"]: row.get("label") or row["code"] for row in _rows(f"codes/{path.name}")}
        for path in sorted(folder.glob("*.csv"))
    }


def _grouped(path: str, by: str, value: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for row in _rows(path):
        groups[row[by]][row[value]] = None
    return {key: tuple(values) for key, values in groups.items()}


def _unitaries(scheme_authority: dict[str, str]) -> dict[str, tuple[str, ...]]:
    free = {row["area_code"] for row in _rows("protocol/area.csv") if not row["authority"]}
    groups: dict[str, list[str]] = defaultdict(list)
    for row in _rows("protocol/scheme_area.csv"):
        if row["area_code"] in free:
            groups[scheme_authority[row["scheme"]]].append(row["area_code"])
    return {authority: tuple(codes) for authority, codes in groups.items()}


@cache
def reference() -> Reference:
    """Read the seeds once and return them."""
    scheme_authority = {row["scheme"]: row["authority"] for row in _rows("protocol/scheme.csv")}
    ranked = sorted(_rows("protocol/scheme_band.csv"), key=lambda row: (row["scheme"], int(row["rank"]), row["band"]))
    bands: dict[str, dict[str, None]] = defaultdict(dict)
    for row in ranked:
        bands[row["scheme"]][row["band"]] = None
    authorities = _rows("protocol/authority.csv")
    names = [row["authority"] for row in authorities]
    districts = _grouped("protocol/area.csv", "authority", "area_code")
    neighbour = dict(zip(names, [*names[1:], *names[:1]], strict=True))
    unitaries = {authority: districts[next_to] for authority, next_to in neighbour.items()}
    return Reference(
        labels=_labels(),
        districts={authority: codes for authority, codes in districts.items() if authority},
        unitaries=unitaries | _unitaries(scheme_authority),
        county={row["authority"]: row["gss_code"] for row in authorities},
        pattern={row["authority"]: PATTERNS[row["protocol_letter"]] for row in authorities},
        neighbour=neighbour,
        prefixes=_grouped("protocol/postcode_area.csv", "district_gss", "prefix"),
        scheme_of={row["area_code"]: row["scheme"] for row in _rows("protocol/scheme_area.csv")},
        scheme_authority=scheme_authority,
        bands={scheme: tuple(names) for scheme, names in bands.items()},
        leaver_band={
            row["local_authority_gss"]: row["care_leaver_band"]
            for row in _rows("protocol/care_leaver_band.csv")
            if row["care_leaver_band"] not in ("none", "not_published")
        },
    )
