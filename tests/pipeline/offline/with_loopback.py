"""Bring up the loopback of a new network namespace, then become the command given.

Jupyter's kernels and Dagster talk to themselves over 127.0.0.1, which a new namespace has but does not switch on.
"""

import fcntl
import os
import socket
import struct
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
FLAGS = struct.Struct("16sh")

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    asked = fcntl.ioctl(control, SIOCGIFFLAGS, FLAGS.pack(b"lo", 0).ljust(40, b"\0"))
    _, flags = FLAGS.unpack_from(asked)
    fcntl.ioctl(control, SIOCSIFFLAGS, FLAGS.pack(b"lo", flags | IFF_UP).ljust(40, b"\0"))
os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the command of the test
