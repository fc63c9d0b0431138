"""TensorZero's gateway as its Python package brings it: python tensorzero_http.py PORT CONFIG.

The package opens it at any free port, so bytes are passed on to there.
"""

import asyncio
import sys
from urllib.parse import urlsplit

from tensorzero.tensorzero import _start_http_gateway


async def passed_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Pass bytes on until there are no more."""
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass  # either side may hang up
    finally:
        sink.close()


async def main(port: int, config: str) -> None:
    """Start the gateway and pass on what comes to the port."""
    gateway = _start_http_gateway(
        config_file=config, clickhouse_url=None, postgres_url=None, valkey_url=None,
        async_setup=False,
    )  # fmt: skip
    there = urlsplit(gateway.base_url)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(there.hostname, there.port)
        await asyncio.gather(passed_on(reader, forth), passed_on(back, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
