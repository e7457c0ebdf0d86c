"""`lasting-homes report`: render the packs of the published build.

What belongs here: the options and the list of files made. What does not: rendering.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.commands.outcome import Outcome, in_london, place

FORMATS = ("html", "pdf", "docx", "xlsx")
"""Those of `pipelines.rendering`, whose import takes seconds."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `report`."""
    parser.add_argument(
        "--pack",
        action="append",
        help="khog, corporate_parenting_board, district, young_people or exceptions; the boards' packs without it",
    )
    parser.add_argument(
        "--district", action="append", help="the GSS code of a district that gets a page; all without it"
    )
    parser.add_argument("--format", action="append", choices=FORMATS, help="all of them without it")
    parser.add_argument("--edition", choices=["public", "internal"], default="public", help="which figures are shown")
    parser.add_argument("--renderer", default="auto", help="auto, embedded or quarto")
    parser.add_argument("--site", action="store_true", help="a web site of packs, districts, measures and a search")
    parser.add_argument("--out", type=Path, help="where to put them; the home's packs folder without it")


def run(options: argparse.Namespace) -> Outcome:
    """Render the packs and say where they are."""
    from pipelines.progress import to_standard_error
    from pipelines.rendering import ALL, render, render_site
    from pipelines.settings import Settings
    from pipelines.warehouse.publish import published_build

    home = Settings.of_home(options.home).folders
    build = published_build(home)
    out = options.out or home.packs
    if options.site:
        folder = options.out or home.packs / f"site_{options.edition}"
        site = render_site(build.folder, folder, edition=options.edition, progress=to_standard_error())
        text = f"Of build {build.build_id}: {len(site.rendered)} packs and pages. Begin with {place(site.index)}"
        return Outcome(text, {"build_id": build.build_id, "site": str(site.index)})
    rendered = render(
        build.folder,
        out,
        packs=options.pack or ALL,
        formats=options.format or FORMATS,
        renderer=options.renderer,
        edition=options.edition,
        areas=options.district or (),
        progress=to_standard_error(),
    )
    files = [str(one.path) for one in rendered]
    text = f"Of build {build.build_id}, as known at {in_london(build.facts()['as_known_at'])}:\n" + "\n".join(
        place(one.path) for one in rendered
    )
    return Outcome(text, {"build_id": build.build_id, "packs": files})
