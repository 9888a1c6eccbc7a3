"""Starts one server so that it cannot outlive its starter, and not as root where it refuses root.

Run by path, outside the package: `python -I -S launch.py PARENT_PID SIGNAL ACCOUNT REACH COMMAND…`.
Then it becomes COMMAND.

- SIGNAL is what the kernel sends the server when the starting thread ends, also by `kill -9` (Linux only;
  elsewhere the next start cleans up).
- ACCOUNT is `uid:gid` to change to, or `-`. PostgreSQL refuses to run as root.
- REACH is `1` if the account could not reach the program or the data (a project under `/root`): the server
  then keeps the one capability to pass file permissions, because opening `/root` to everybody would be worse.
  A container that forbids it lets the server fail with its own message.

A program of its own because `preexec_fn` may deadlock in a process with threads, and warns from Python 3.12.
"""

from __future__ import annotations

import ctypes
import os
import sys

# linux/prctl.h, linux/securebits.h, linux/capability.h
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2  # access(2) would drop the capability otherwise, and initdb asks it
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1


def main(parent: int, signal: int, account: str, reach: bool, command: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if account != "-":
        _become(libc, account, reach=reach)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)  # after the change of account, which clears it
        if os.getppid() != parent:
            return  # the starter died before it was set
    os.execv(command[0], command)


def _become(libc: ctypes.CDLL, account: str, *, reach: bool) -> None:
    uid, gid = (int(part) for part in account.split(":"))
    keeps = reach and hasattr(libc, "prctl") and libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if keeps:
        _keep_only(libc, CAP_DAC_OVERRIDE)


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    mask = 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if libc.capset(header, effective_permitted_inheritable) != 0:
        raise OSError(ctypes.get_errno(), "cannot give up the capabilities of root")
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4] == "1", sys.argv[5:])
