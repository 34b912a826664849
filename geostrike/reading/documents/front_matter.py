"""The YAML block at the head of a Markdown file, without what lets a few lines fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from yaml.nodes import Node

__all__ = ["MAX_LENGTH", "read_front_matter"]

MAX_LENGTH = 100_000
"""The longest block, in characters: YAML is read at a tenth of a megabyte a second."""
_DEEPEST = 20


class _PlainLoader(yaml.SafeLoader):
    """YAML without references to other parts of itself, which multiply, and without deep nesting."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            msg = "it refers to another part of itself (*name), which is not read"
            raise yaml.YAMLError(msg)
        self.depth += 1
        if self.depth > _DEEPEST:
            msg = f"it is nested more than {_DEEPEST} deep"
            raise yaml.YAMLError(msg)
        node = super().compose_node(parent, index)
        self._refuse_doubled(node)
        self.depth -= 1
        return node

    @staticmethod
    def _refuse_doubled(node: Node | None) -> None:
        """Refuse a mapping that tells two things under one name: YAML would take the last."""
        if not isinstance(node, yaml.MappingNode):
            return
        told: dict[str, Node] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and repr(told.setdefault(key.value, value).value) != repr(value.value):
                msg = f"{key.value[:40]!r} is told twice, and not the same"
                raise yaml.YAMLError(msg)


def read_front_matter(text: str) -> dict[Any, Any]:
    """The values of a block; none where it is no mapping.

    Raises
    ------
    yaml.YAMLError
        If it is no YAML, too long, nested too deep, or refers to other parts of itself.
    ValueError
        If a date in it is impossible.

    Examples
    --------
    >>> read_front_matter("title: A depot burned")
    {'title': 'A depot burned'}
    """
    if len(text) > MAX_LENGTH:
        msg = f"it has {len(text):,} characters; the limit is {MAX_LENGTH:,}"
        raise yaml.YAMLError(msg)
    try:
        meta = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader
    except (RecursionError, TypeError, OverflowError) as error:
        raise yaml.YAMLError(str(error)) from error
    return meta if isinstance(meta, dict) else {}
