"""The dress of the packs is made from sources that stand in the repository."""

from __future__ import annotations

import importlib.util
import io
import zipfile

from pipelines.project_files import reports


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_reference_document_is_what_its_script_makes() -> None:
    """Given a change in the script, or a pandoc with another reference document, someone must make it again."""
    theme = reports() / "theme"
    specification = importlib.util.spec_from_file_location("make_reference_docx", theme / "make_reference_docx.py")
    assert specification is not None
    assert specification.loader is not None
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    assert parts(script.make()) == parts((theme / "reference.docx").read_bytes())


def test_the_fonts_travel_with_their_licence_and_stay_small() -> None:
    fonts = reports() / "fonts"
    assert "SIL OPEN FONT LICENSE" in (fonts / "LICENSE.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in fonts.iterdir()) < 1_000_000
