"""Run a command that ends with its parent: ``python leash.py PARENT_PID CPU_SECONDS COMMAND …``.

Executed as a script, before the command takes its place (the process id stays). Two limits go with
it: on Linux the kernel kills it when the parent dies, however that dies (prctl(2),
PR_SET_PDEATHSIG), and everywhere it may use CPU_SECONDS of processor time (setrlimit(2)), unless
that is 0. A loop in C code, which no thread or Python signal handler could end, is ended too.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Set the limits and become the command; exit code 127 when it can't be started."""
    parent, cpu_seconds, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):
            sys.exit("the parent is gone already")
    if limit := int(cpu_seconds):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main()
