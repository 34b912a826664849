"""Read the YAML block at the head of a Markdown file, without the YAML features that let a few lines fill memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from yaml.nodes import Node

__all__ = ["MAX_LENGTH", "read_front_matter"]

MAX_LENGTH = 100_000
"""The longest block, in characters: YAML is parsed at a tenth of a megabyte per second."""
_DEEPEST = 20


class _PlainLoader(yaml.SafeLoader):
    """A safe YAML loader without aliases, which multiply their content, and without deep nesting."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            msg = "it uses an alias (*name), which is not supported"
            raise yaml.YAMLError(msg)
        self.depth += 1
        if self.depth > _DEEPEST:
            msg = f"it is nested more than {_DEEPEST} levels deep"
            raise yaml.YAMLError(msg)
        node = super().compose_node(parent, index)
        self._reject_doubled(node)
        self.depth -= 1
        return node

    @staticmethod
    def _reject_doubled(node: Node | None) -> None:
        """Reject a mapping with two different values under one name: YAML would take the last."""
        if not isinstance(node, yaml.MappingNode):
            return
        values: dict[str, Node] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and repr(values.setdefault(key.value, value).value) != repr(
                value.value
            ):
                msg = f"{key.value[:40]!r} is given twice with different values"
                raise yaml.YAMLError(msg)


def read_front_matter(text: str) -> dict[Any, Any]:
    """Return the values of a block; empty if it is not a mapping.

    Raises
    ------
    yaml.YAMLError
        If the block is invalid, too long, nested too deep, or uses aliases.
    ValueError
        If it holds an impossible date.

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
