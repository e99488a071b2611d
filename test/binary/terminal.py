"""Runs a command in a pseudo terminal, so that questions are asked: terminal.py PROMPT KEYS COMMAND...

Whenever the screen shows PROMPT anew, KEYS are pressed (`enter`, `down+enter`, `ctrl-c`). Prints what the screen showed
and ends with the command's own exit code.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

KEYS = {"enter": b"\r", "down": b"\x1b[B", "ctrl-c": b"\x03"}

prompt, keys, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    # Here, not in the parent, so that the size is known before the command asks for it.
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    os.execvp(command[0], command)

screen = b""
answered = 0
while True:
    # A question is drawn in several writes; keys pressed before the last one would be lost.
    quiet = not select.select([terminal], [], [], 0.2)[0]
    if quiet:
        if screen.count(prompt.encode()) > answered:
            answered = screen.count(prompt.encode())
            for key in keys.split("+"):
                os.write(terminal, KEYS[key])
        continue
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    screen += data
sys.stdout.buffer.write(screen)
sys.stdout.flush()
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
