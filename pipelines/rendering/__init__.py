"""Board packs: a build's figures become HTML, PDF and Word.

What this stage promises: one execution of a pack's cells makes all its formats, from the figures of one edition and
nothing else; each pack says which edition and quarter it is, that it is a draft, and which renderer made it.
What belongs here: executing `reports/*.qmd`, converting them, and what they say (`story`). What does not: counting and
suppressing (`pipelines.disclosure`), and deciding who may read a pack (`pipelines.release`).
"""

from pipelines.rendering.errors import RenderingError
from pipelines.rendering.packs import (
    ALL,
    FORMATS,
    PACKS,
    PackDefinition,
    Rendered,
    render,
)
from pipelines.rendering.site import Site, render_site

__all__ = ["ALL", "FORMATS", "PACKS", "PackDefinition", "Rendered", "RenderingError", "Site", "render", "render_site"]
