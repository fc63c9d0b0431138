"""Stands for a gateway, or a server of models: listens where it is told, and passes bytes on.

Where to is the first address of this machine that its arguments, the files that they name or the
request's own headers hold, else PASSES_ON. It is a gateway that changes nothing; a path below
/openai is passed on as the one without.
"""

import os
import re
import socket
import sys
import threading
from pathlib import Path

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
PORT = re.compile(r"(?:--port[ =]|\"PORT\": |^)(\d+)", re.MULTILINE | re.IGNORECASE)


def told() -> str:
    """What the command line says, and the files that it names or that lie where it looks."""
    words = [part for word in sys.argv[1:] for part in (word, word.partition("=")[2]) if part]
    places = [*map(Path, words), Path.home() / ".claude-code-router/config.json"]
    files = [place.read_text() for place in places if place.is_file()]
    return "\n".join([" ".join(sys.argv[1:]), *files])


def passed(source: socket.socket, goal: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            goal.sendall(piece.replace(b"POST /openai/v1/", b"POST /v1/", 1))
        goal.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def served(client: socket.socket, said: str) -> None:
    first = client.recv(65536)
    places = (said, first.decode(errors="replace"), os.environ["PASSES_ON"])
    port = next(found[1] for place in places if (found := ADDRESS.search(place)))
    upstream = socket.create_connection(("127.0.0.1", int(port)))
    upstream.sendall(first.replace(b"POST /openai/v1/", b"POST /v1/", 1))
    threading.Thread(target=passed, args=(client, upstream), daemon=True).start()
    passed(upstream, client)


def main() -> None:
    said = told()
    port = PORT.search(said)
    listener = socket.create_server(("127.0.0.1", int(port[1] if port else os.environ["LISTENS"])))
    while True:
        client, _ = listener.accept()
        threading.Thread(target=served, args=(client, said), daemon=True).start()


main()
