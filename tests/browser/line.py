"""A line between browser and server: slow when told to, and cut. HTTP and the websocket go through it alike."""

import asyncio
import threading
from contextlib import suppress

PIECE = 16_384


class Line:
    """Listens on one address and passes everything on to another, of the same port. ``use`` it as a context manager."""

    def __init__(self, port: int, *, here: str = "127.0.0.1", there: str = "127.0.0.2") -> None:
        self._port, self._here, self._there = port, here, there
        self._bytes_per_s: float | None = None
        self._delay_s = 0.0
        self._connections: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Line":
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, self._here, self._port), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def slow(self, *, bytes_per_s: float = 200_000, delay_s: float = 0.3) -> None:
        """From now on every connection gets so many bytes in a second, each piece so much later."""
        self._bytes_per_s, self._delay_s = bytes_per_s, delay_s

    def fast(self) -> None:
        """As fast as the machine allows."""
        self._bytes_per_s, self._delay_s = None, 0.0

    def cut(self) -> None:
        """Every connection breaks; new ones can be made."""
        self._loop.call_soon_threadsafe(lambda: [writer.transport.abort() for writer in self._connections])

    async def _end(self) -> None:
        self._server.close()
        for writer in self._connections:
            writer.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(self._there, self._port)
        except OSError:
            writer.close()
            return
        ends = (writer, far_writer)
        self._connections.update(ends)
        try:
            await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))
        finally:
            self._connections.difference_update(ends)
            for end in ends:
                end.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pieces wait for their turn on the line, then for the delay; both do not hold up what is read meanwhile."""
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=1_000)

        async def send() -> None:
            while (piece := await pieces.get())[1]:
                await asyncio.sleep(max(0.0, piece[0] - self._loop.time()))
                writer.write(piece[1])
                await writer.drain()

        sending = asyncio.ensure_future(send())
        free_at = 0.0
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while data := await reader.read(PIECE):
                now = self._loop.time()
                free_at = max(now, free_at) + (len(data) / self._bytes_per_s if self._bytes_per_s else 0.0)
                await pieces.put((free_at + self._delay_s, data))
        await pieces.put((0.0, b""))
        with suppress(ConnectionError):
            await sending
        writer.close()
