"""From files to something that renders quickly: MJML to HTML once, Jinja2 to Python once, nothing of it per message.

What comes from an order is a value, never a template. The language that is left of Jinja2 is small: wording names
things, chooses (`{% if remaining %}`) and repeats; it calls nothing and reckons nothing. What a shop has written itself
is held to less still (checks/grammar.py), and to an allowance of letters and time, which is looked at with everything
that is said, and with every turn of a loop though it says nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import mrml
from jinja2 import StrictUndefined, Template, TemplateError, nodes
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


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much a piece may come to, and how much work it may take; more, and the message is not made."""

    letters: int
    seconds: float


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


def compile_words(source: str, where: str, allowance: Allowance | None = None) -> Piece:
    """Compile one field of a wording file.

    Args:
        source: as it stands in the file.
        where: the file and the field, for refusals.
        allowance: for what is not ours.
    """
    if "{" not in source:
        return lambda _scene: source
    render = _compiled(_WORDS, source, where, allowance).root_render_func
    return lambda scene: _joined(render(scene.plain), allowance)


def compile_text(source: str, where: str, allowance: Allowance | None = None) -> Piece:
    """Compile the layout of a plain text."""
    render = _compiled(_TEXT, source, where, allowance).root_render_func
    return lambda scene: _joined(render(Context(_TEXT, scene.names, None, {})), allowance)


def compile_markup(source: str, where: str, *, right_to_left: bool) -> Piece:
    """Compile MJML: to HTML first, which keeps the tags in braces as they are; then to a template that escapes."""
    return compile_html(html_of(source, where, right_to_left=right_to_left), where)


def compile_html(html: str, where: str, allowance: Allowance | None = None) -> Piece:
    """Compile what was made of MJML before."""
    render = _compiled(_MARKUP, html, where, allowance).root_render_func
    return lambda scene: _joined(render(Context(_MARKUP, scene.names, None, {})), allowance)


def tree_of(html: str) -> nodes.Template:
    """What `compile_html` makes a template of, read in the very same way.

    Args:
        html: with its tags in braces as they are.

    Raises:
        TemplateError, RecursionError: it cannot be read.
    """
    return _MARKUP.parse(html)


def hides_in(html: str) -> bool:
    """Whether something of it is written so that it is not read: in a comment in braces, or as raw."""
    return any(token in {"comment_begin", "raw_begin"} for _, token, _ in _MARKUP.lex(html))


def html_of(source: str, where: str, *, right_to_left: bool) -> str:
    """HTML made of MJML, with its tags in braces as they are.

    Args:
        source: with its blocks in place.
        where: for refusals.
        right_to_left: the direction of the languages that it is for.
    """
    known = ("rtl", "right", "left") if right_to_left else ("ltr", "left", "right")
    for name, value in zip(("dir", "start", "end"), known, strict=True):
        source = source.replace(f"[[ {name} ]]", value)
    try:
        html: str = mrml.to_html(source, render_options=mrml.RenderOptions(disable_comments=True, fonts={})).content
    except OSError as fault:
        raise Unrenderable(f"is not MJML: {fault}", where) from fault
    return html


def _joined(parts: Iterable[str], allowance: Allowance | None) -> str:
    return "".join(parts if allowance is None else _within(parts, allowance))


def _within(parts: Iterable[str], allowance: Allowance) -> Iterator[str]:
    left, until = allowance.letters, time.thread_time() + allowance.seconds
    for part in parts:
        left -= len(part)
        if left < 0:
            message = f"comes to more than {allowance.letters} letters"
            raise SecurityError(message)
        if time.thread_time() > until:
            message = f"takes more than {allowance.seconds:g} seconds of work"
            raise SecurityError(message)
        yield part


def _compiled(environment: _Sandbox, source: str, where: str, allowance: Allowance | None) -> Template:
    try:
        tree = environment.parse(source)
        if allowance is not None:
            for loop in tree.find_all(nodes.For):
                # Nothing, said at every turn: a loop that has nothing to say is counted, too.
                loop.body.insert(0, nodes.Output([nodes.TemplateData("")], lineno=loop.lineno))
        return environment.from_string(tree)
    except TemplateError as fault:
        raise Unrenderable(f"cannot be compiled: {fault.message}", where) from fault
