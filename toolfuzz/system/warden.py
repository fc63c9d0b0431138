"""Run a command that ends with whoever holds our standard input: ``python warden.py COMMAND …``.

Executed as a script, in a process group of its own. When standard input ends (its other end is
closed, however its holder died), the whole group is killed: the command and all that it started
and that didn't leave the group. When the command ends, so does this, with its exit code (128 and
more: the signal that ended it, as shells say it).
"""

import os
import signal
import subprocess
import sys
import threading


def main() -> None:
    """Start the command and watch both ends; exit code 127 when it can't be started."""
    command = sys.argv[1:]
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)
    # The command is the one to answer a polite end; this ends with it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_kill_at_end_of_input, daemon=True).start()
    code = process.wait()
    os._exit(code if code >= 0 else 128 - code)


def _kill_at_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
