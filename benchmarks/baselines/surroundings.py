"""What every baseline is told by the environment: where the database is, whose orders it takes."""

import os
from typing import Final
from uuid import UUID

URL: Final = os.environ["BENCH_DATABASE_URL"]
# The same for SQLAlchemy.
ALCHEMY_URL: Final = URL.replace("postgresql://", "postgresql+asyncpg://", 1)
REDIS_SOCKET: Final = os.environ.get("BENCH_REDIS_SOCKET", "")
STOREFRONT: Final = UUID(os.environ["BENCH_STOREFRONT"])
CONNECTION: Final = UUID(os.environ["BENCH_CONNECTION"])
# Twilio's interface and what stands in for its account.
PROVIDER_URL: Final = os.environ.get("BENCH_PROVIDER_URL", "")
ACCOUNT: Final = os.environ["BENCH_ACCOUNT"]
AUTH_TOKEN: Final = os.environ["BENCH_AUTH_TOKEN"]
PUBLIC_URL: Final = os.environ.get("BENCH_PUBLIC_URL", "")
MODE: Final = "live"
