"""How long pages may take."""

from playwright.async_api import expect

# By default it is five seconds, and a busy machine is slow, not wrong.
expect.set_options(timeout=30_000)
