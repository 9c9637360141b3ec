"""How doubles call back."""

from collections.abc import Awaitable, Callable, Mapping

import httpx

# Address, headers, body; answers the status code.
Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post over the network."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(url, headers=dict(headers), content=body)
    return answer.status_code
