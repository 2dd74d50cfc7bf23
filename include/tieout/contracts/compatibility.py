"""What a new version of a published contract would break for whoever reads or writes the old one.

Works on the published JSON Schemas alone, so it judges what others hold in their hands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

#: Annotations that a reader relies on as much as on the type.
_MEANT: Final = {
    "x-type": "type",
    "x-unit": "unit",
    "x-sign": "sign",
    "x-sensitivity": "sensitivity",
    "x-key": "key",
}
_LOWER_BOUNDS: Final = ("minimum", "minLength")
_UPPER_BOUNDS: Final = ("maximum", "maxLength")


def breaking_changes(old_schema: Mapping[str, Any], new_schema: Mapping[str, Any]) -> list[str]:
    """Every breaking change from the old schema to the new, in words that name the field.

    Breaking: a field removed or renamed, a type, list, pattern or bound narrowed, a field newly
    required, a changed unit, sign, sensitivity or key, a new rule over several fields. A new
    optional field, a longer list and another wording are none.
    """
    old, new = old_schema["properties"], new_schema["properties"]
    told = list(_gone(old, new))
    for name in (name for name in old if name in new):
        told += [f"{name}: {change}" for change in _field_changes(old[name], new[name])]
    required = set(new_schema.get("required", ())) - set(old_schema.get("required", ()))
    told += [f"{name}: newly required" for name in new if name in required]
    return told + list(_new_rules(old_schema.get("allOf", ()), new_schema.get("allOf", ())))


def same_shape(old_schema: Mapping[str, Any], new_schema: Mapping[str, Any]) -> bool:
    """Whether two schemas differ in wording at most."""
    return _without_words(old_schema) == _without_words(new_schema)


def major_of(version: str) -> int:
    """The major number of `major.minor`."""
    return int(version.partition(".")[0])


def _gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    added = {field["description"]: name for name, field in new.items() if name not in old}
    for name, field in old.items():
        if name not in new:
            now = added.get(field["description"])
            yield f"{name}: renamed to {now}" if now else f"{name}: removed"


def _field_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["type"] != new["type"]:
        yield f"type changed from {old['type']} to {new['type']}"
    for word, told in _MEANT.items():
        if old.get(word) != new.get(word):
            yield f"{told} changed from {_shown(old.get(word))} to {_shown(new.get(word))}"
    yield from _changed_code_list(old, new)
    yield from _narrowed_list(old.get("enum"), new.get("enum"))
    # Whether one expression admits all of another is not decided here: any other one is narrower.
    if new.get("pattern") and new["pattern"] != old.get("pattern"):
        yield f"pattern changed from {_shown(old.get('pattern'))} to {new['pattern']}"
    for bound in _LOWER_BOUNDS:
        if bound in new and (bound not in old or new[bound] > old[bound]):
            yield f"{bound} raised from {_shown(old.get(bound))} to {new[bound]}"
    for bound in _UPPER_BOUNDS:
        if bound in new and (bound not in old or new[bound] < old[bound]):
            yield f"{bound} lowered from {_shown(old.get(bound))} to {new[bound]}"


def _changed_code_list(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """A list of the world's codes that was neither stated nor named in the meaning narrows."""
    before, now = old.get("x-code-list"), new.get("x-code-list")
    if now and before != now and (before or now not in old["description"]):
        yield f"code list changed from {_shown(before)} to {now}"


def _narrowed_list(old: list[str] | None, new: list[str] | None) -> Iterator[str]:
    if new is None:
        return
    if old is None:
        yield f"list of values narrowed to {', '.join(map(_shown, new))}"
        return
    lost = [value for value in old if value not in new]
    if lost:
        yield f"list of values lost {', '.join(map(_shown, lost))}"


def _new_rules(old: list[Any], new: list[Any]) -> Iterator[str]:
    for rule in new:
        if rule not in old:
            yield f"{', '.join(rule['then']['required'])}: newly needed by a rule of the row"


def _without_words(schema: Mapping[str, Any]) -> dict[str, Any]:
    fields = {
        name: {word: value for word, value in field.items() if word != "description"}
        for name, field in schema["properties"].items()
    }
    kept = {word: value for word, value in schema.items() if word != "description"}
    return kept | {"properties": fields}


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value) or "(empty)"
