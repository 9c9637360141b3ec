"""How commands run: over a runtime, until they are done or told to stop; refusals become sentences."""

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
import typer
import uvloop
from pydantic import ValidationError
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from tidings.bootstrap import NotConfigured, Role, Runtime, runtime
from tidings.cli.embedded.errors import CannotStart
from tidings.cli.listening import CannotListen
from tidings.kit.problem import Problem
from tidings.settings import Settings

T = TypeVar("T")

# SIGHUP: the terminal was closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Refused(Exception):
    """The command was not carried out; the text says why."""


def load_settings() -> Settings:
    """The settings in force.

    Raises:
        Refused: some of them are not what they must be; each is named as in the environment, none is quoted.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        lines = [f"  {variable_of(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}" for fault in faults]
        raise Refused("\n".join(["settings that cannot be:", *lines])) from None


def variable_of(location: tuple[int | str, ...]) -> str:
    """`("api", "port")` → `TIDINGS_API_PORT`."""
    words = [str(part).upper() for part in location if not isinstance(part, int)]
    return "_".join(["TIDINGS", *words[:2]])


@contextmanager
def explained() -> Iterator[None]:
    """Turn what can be expected to go wrong into a sentence and exit code 1; anything else is a bug, with its trace."""
    try:
        yield
    except Exception as error:
        sentence = sentence_on(_innermost(error))
        if sentence is None:
            raise
        typer.echo(f"tidings: {sentence}", err=True)
        raise typer.Exit(1) from error


def sentence_on(error: BaseException) -> str | None:
    """What went wrong, in words for whoever gave the command; None for what nobody expected."""
    match error:
        case CannotListen() | CannotStart() | NotConfigured() | Refused():
            return str(error)
        case Problem():
            return "\n".join([error.detail, *(f"  {fault.pointer}: {fault.detail}" for fault in error.faults)])
        case OSError() | asyncpg.PostgresError() | SQLAlchemyError() | RedisError():
            return f"the stores do not do what is asked of them: {_first_line(error)}"
        case _:
            return None


def _innermost(error: BaseException) -> BaseException:
    """What went wrong in a task group alone, without the group."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _first_line(error: BaseException) -> str:
    """An exception's own words, without the statement and the parameters that SQLAlchemy adds."""
    words = str(getattr(error, "orig", None) or error).splitlines()
    return words[0] if words else type(error).__name__


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Run to the end."""

    async def main() -> T:
        return await work()

    with explained(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


def run_until_stopped(work: Callable[[asyncio.Event], Awaitable[T]]) -> T:
    """Run something that ends soon after its event is set: by Ctrl-C, SIGTERM or SIGHUP. The second does not wait."""

    async def main() -> T:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            # What nohup has switched off stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, _asked_to_stop, stop)
        return await work(stop)

    with explained(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


def _asked_to_stop(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(130)
    stop.set()


def keep_what_is_loaded() -> None:
    """Take modules and models out of the garbage collector's rounds: a full one over them takes 40 ms."""
    gc.collect()
    gc.freeze()


def over_runtime(work: Callable[[Runtime], Awaitable[T]], *, role: Role = "api") -> T:
    """Run a short piece of work over a runtime made from the settings."""

    async def main() -> T:
        async with runtime(load_settings(), role=role) as opened:
            return await work(opened)

    return run(main)
