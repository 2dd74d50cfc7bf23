"""The one error of the supervisor: a sentence that says what is wrong, and its cure."""

from __future__ import annotations


class Trouble(Exception):
    """Something that a person can cure.

    Args:
        what: what is wrong, as a full sentence.
        cure: what to do about it, as a full sentence.
    """

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what} {cure}")
        self.what = what
        self.cure = cure
