"""What can go wrong in rendering, said to the person who must act.

What belongs here: the one exception that callers catch. What does not: missing figures, which `story.figures` reports.
"""


class RenderingError(Exception):
    """A pack could not be rendered; the message names the pack, the place and what to do."""
