"""tidings itself, as `tidings serve` and `tidings worker`, with access log, metrics and authentication."""

from dataclasses import dataclass
from typing import Final

from benchmarks.stand.processes import Process, free_port
from benchmarks.stand.stores import Stores

# More than any machine sends: the bucket is there and counts, and is never empty.
_NO_LIMIT: Final = "1000000000"
ACCOUNT: Final = "AC00000000000000000000000000000001"
AUTH_TOKEN: Final = "2c8f5f0d1e6b4a3f9d7e8c1b0a594837"  # noqa: S105 - of a provider that is ours


@dataclass(frozen=True, slots=True)
class Product:
    """How its processes are started."""

    stores: Stores
    vault_key: str
    signing_key: str

    async def serve(self, database: str, name: str = "api") -> "Api":
        """An API process that answers."""
        port = free_port()
        env = self.environment(database) | {"TIDINGS_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        api = Api(Process(name, "-m", "tidings", "serve", "--port", str(port), env=env), port)
        try:
            await api.process.answers(f"{api.url}/readyz")
        except BaseException:
            api.process.kill()
            raise
        return api

    async def work(self, database: str, name: str = "worker", **settings: object) -> Process:
        """A worker process that hears the doorbell; settings are those of TIDINGS_WORKER_."""
        before = self.stores.listeners()
        told = {f"TIDINGS_WORKER_{key.upper()}": str(value) for key, value in settings.items()}
        worker = Process(name, "-m", "tidings", "worker", env=self.environment(database) | told)
        try:
            await worker.comes_up(lambda: self.stores.listeners() > before)
        except BaseException:
            worker.kill()
            raise
        return worker

    def environment(self, database: str) -> dict[str, str]:
        """What both are told; loopback providers need the dev switch."""
        return {
            "TIDINGS_DATABASE_URL": self.stores.url(database),
            "TIDINGS_DATABASE_WORKER_URL": self.stores.url(database, "tidings_worker"),
            "TIDINGS_REDIS_URL": self.stores.valkey.url,
            "TIDINGS_SECRETS_KEYS": self.vault_key,
            "TIDINGS_RECORDS_KEYS": self.signing_key,
            "TIDINGS_DEV_ENABLED": "true",
            "TIDINGS_API_REQUESTS_PER_MINUTE": _NO_LIMIT,
        }


@dataclass(frozen=True, slots=True)
class Api:
    """A process that answers HTTP, ours or a baseline's."""

    process: Process
    port: int

    @property
    def url(self) -> str:
        """Where."""
        return f"http://127.0.0.1:{self.port}"
