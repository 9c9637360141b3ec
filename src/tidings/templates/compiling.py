"""From files to something that renders quickly: MJML to HTML once, Jinja2 to Python once, nothing of it per message.

Only files are ever compiled. What comes from an order is a value, never a template. The language that is left of
Jinja2 is small: wording names things, chooses (`{% if remaining %}`) and repeats; it calls nothing and reckons nothing.
"""

from collections.abc import Callable
from typing import Any, Final

import mrml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from typing_extensions import override

from tidings.templates.errors import Unrenderable

Names = dict[str, Any]
# A compiled piece of wording: given the names, it is the text.
Piece = Callable[["Scene"], str]

# What faulty wording can raise: Jinja2's refusals, the sandbox's, and Python's own about values of the wrong kind.
FAULTS: Final = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Names, choices and loops; no calls, no arithmetic, and no looking into what a name stands for."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.undefined(obj=obj, name=attribute)

    @override
    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.undefined(obj=obj, name=argument)

    @override
    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        message = "wording calls nothing"
        raise SecurityError(message)

    @override
    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        message = "wording reckons nothing"
        raise SecurityError(message)


def _environment(*, markup: bool, layout: bool) -> _Sandbox:
    environment = _Sandbox(
        undefined=StrictUndefined, autoescape=markup, trim_blocks=layout, lstrip_blocks=layout, cache_size=0
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


_WORDS: Final = _environment(markup=False, layout=False)
_TEXT: Final = _environment(markup=False, layout=True)
_MARKUP: Final = _environment(markup=True, layout=True)


class Scene:
    """The names of one message; its contexts are made once and serve every piece of it."""

    __slots__ = ("names", "plain")

    def __init__(self, names: Names) -> None:
        self.names = names
        self.plain = Context(_WORDS, names, None, {})


def compile_words(source: str, where: str) -> Piece:
    """Compile one field of a wording file.

    Args:
        source: as it stands in the file.
        where: the file and the field, for refusals.
    """
    if "{" not in source:
        return lambda _scene: source
    render = _compiled(_WORDS, source, where).root_render_func
    return lambda scene: "".join(render(scene.plain))


def compile_text(source: str, where: str) -> Piece:
    """Compile the layout of a plain text."""
    render = _compiled(_TEXT, source, where).root_render_func
    return lambda scene: "".join(render(Context(_TEXT, scene.names, None, {})))


def compile_markup(source: str, where: str, *, right_to_left: bool) -> Piece:
    """Compile MJML: to HTML first, which keeps the tags in braces as they are; then to a template that escapes.

    Args:
        source: with its blocks in place.
        where: for refusals.
        right_to_left: the direction of the languages that it is for.
    """
    known = ("rtl", "right", "left") if right_to_left else ("ltr", "left", "right")
    for name, value in zip(("dir", "start", "end"), known, strict=True):
        source = source.replace(f"[[ {name} ]]", value)
    try:
        html = mrml.to_html(source, render_options=mrml.RenderOptions(disable_comments=True, fonts={})).content
    except OSError as fault:
        raise Unrenderable(f"is not MJML: {fault}", where) from fault
    render = _compiled(_MARKUP, html, where).root_render_func
    return lambda scene: "".join(render(Context(_MARKUP, scene.names, None, {})))


def _compiled(environment: _Sandbox, source: str, where: str) -> Template:
    try:
        return environment.from_string(source)
    except TemplateError as fault:
        raise Unrenderable(f"cannot be compiled: {fault.message}", where) from fault
