"""Runs a command in a pseudo terminal, so that questions are asked: terminal.py PROMPT KEYS COMMAND...

Whenever the screen shows PROMPT anew, KEYS are pressed (`enter`, `down+enter`, `ctrl-c`; anything else is typed). Both may have
several lines: each line of KEYS answers the same line of PROMPT. Prints what the screen showed and ends with the command's own
exit code.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

KEYS = {"enter": b"\r", "down": b"\x1b[B", "ctrl-c": b"\x03"}

prompts, keys, *command = sys.argv[1:]
turns = list(zip(prompts.split("\n"), keys.split("\n"), strict=True))
pid, terminal = pty.fork()
if pid == 0:
    # Here, not in the parent, so that the size is known before the command asks for it.
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    os.execvp(command[0], command)

screen = b""
answered = [0] * len(turns)
while True:
    # A question is drawn in several writes; keys pressed before the last one would be lost.
    quiet = not select.select([terminal], [], [], 0.2)[0]
    if quiet:
        for at, (prompt, pressed) in enumerate(turns):
            shown = screen.count(prompt.encode())
            if shown <= answered[at]:
                continue
            answered[at] = shown
            for key in pressed.split("+"):
                os.write(terminal, KEYS.get(key, key.encode()))
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
