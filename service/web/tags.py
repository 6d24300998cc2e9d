"""Plain HTML elements; their text is always shown as text."""

from __future__ import annotations

from nicegui.elements.mixins.text_element import TextElement


class Tag(TextElement):
    """An HTML element with classes, attributes and text: `Tag("a", "button", "打开", href="/")`.

    Attributes are given with underscores for hyphens; those that are None are left out.
    """

    def __init__(self, tag: str, classes: str = "", text: str = "", /, **attributes: str | float | None) -> None:
        super().__init__(tag=tag, text=text)
        if classes:
            self.classes(classes)
        for key, value in attributes.items():
            if value is not None:
                self._props[key.rstrip("_").replace("_", "-")] = value

    def say(self, text: str) -> None:
        """Show another text; nothing is sent where it is the same."""
        if self.text != text:
            self.text = text

    def attribute(self, name: str, value: str | None) -> None:
        """Set an attribute, or take it away."""
        if value is None:
            self.props.pop(name, None)
        elif self.props.get(name) != value:
            self.props[name] = value
        else:
            return
        self.update()

    def mark_as(self, **classes: bool) -> None:
        """Have or not have each class."""
        wanted = {name for name, on in classes.items() if on}
        present = set(self._classes)
        add, remove = wanted - present, present & (classes.keys() - wanted)
        if add or remove:
            self.classes(add=" ".join(add), remove=" ".join(remove))
