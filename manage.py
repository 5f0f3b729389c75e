#!/usr/bin/env python
"""Django's own commands, with the embedded database running while they work."""

import sys

from django.core.management import execute_from_command_line

from salur.config.boot import boot

if __name__ == "__main__":
    boot()
    if sys.argv[1:2] == ["migrate"]:
        sys.exit("Gunakan `salur migrate`: pemilik tabel yang bermigrasi. / Use `salur migrate`.")
    execute_from_command_line(sys.argv)
