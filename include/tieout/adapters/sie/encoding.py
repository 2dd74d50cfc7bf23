"""Which code page a SIE file really has; its header can only say PC8, which is code page 437."""

from __future__ import annotations

from typing import Final

from tieout.contracts.findings import Findings
from tieout.contracts.source_text import found_encoding

DECLARED: Final = "cp437"
#: å ä ö Å Ä Ö é ü in code page 437 and in the Latin pages.
_CP437: Final = frozenset(b"\x86\x84\x94\x8f\x8e\x99\x82\x81")
_LATIN: Final = frozenset(b"\xe5\xe4\xf6\xc5\xc4\xd6\xe9\xfc")


def _letters(content: bytes) -> tuple[int, int]:
    high = [byte for byte in content if byte >= 0x80]
    return sum(byte in _CP437 for byte in high), sum(byte in _LATIN for byte in high)


def choose_encoding(content: bytes, profile: str, findings: Findings) -> str:
    """The profile's encoding, or the one the bytes show; a difference is found.

    All bytes are legal in code page 437, so strict decoding proves nothing: the letters that
    Swedish names need are counted in both code pages.
    """
    in_cp437, in_latin = _letters(content)
    single = "iso-8859-15" if in_latin > in_cp437 else DECLARED
    found = found_encoding(content, single)
    wanted = profile or found
    differs = found != "ascii" and found.removesuffix("-sig") != (profile or DECLARED)
    if differs and profile:
        findings.add(
            "contract_drift",
            f"The bytes are {found}, the profile says {profile}; object codes may change with it.",
            field="#FORMAT",
            found=found,
            next_step="Ask the provider, or set the encoding in the profile.",
        )
    elif differs:
        findings.warn(
            "contract_drift",
            f"The header says PC8 (code page 437), the bytes are {found}.",
            field="#FORMAT",
            found=found,
            next_step="State the encoding in the provider's profile.",
        )
    elif found == DECLARED and in_latin:
        findings.warn(
            "contract_drift",
            f"{in_latin} letters are in a Latin code page while the file is code page 437; "
            "object codes with such letters may differ.",
            field="#FORMAT",
            found="mixed",
            line=_first_latin_line(content),
        )
    return DECLARED if wanted == "ascii" else wanted


def _first_latin_line(content: bytes) -> int:
    position = next(at for at, byte in enumerate(content) if byte in _LATIN)
    return content.count(b"\n", 0, position) + 1
