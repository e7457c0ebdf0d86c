"""The editions that figures and packs are made in, and what every page says of them.

What belongs here: their names and words. What does not: what an edition holds (`pipelines.disclosure.programme`), and
the restricted lists, which are about people and have words of their own (`pipelines.rendering.packs`).
"""

INTERNAL, PUBLIC = "internal", "public"
EDITIONS = {
    PUBLIC: "Public edition: small numbers are not shown",
    INTERNAL: "Internal edition: not for publication",
}
