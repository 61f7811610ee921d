"""A stand-in for 3CXRestoreCmd, as far as it is publicly told how that behaves (no original was at hand): it takes --file, --log, --pwd
and --failover, refuses to run as root, writes a log file of its own, and stops at a stale lock in the folder that plays /tmp."""

import os

_PROGRAM = r"""#!/bin/sh
for argument; do
  case $argument in
    --file=*) file=${argument#--file=} ;;
    --log=*) log=${argument#--log=} ;;
    --pwd=*) password=${argument#--pwd=} ;;
    --pwd-file=*) password=$(cat "${argument#--pwd-file=}") ;;
    --failover) failover=yes ;;
    *) echo "unknown: $argument"; exit 2 ;;
  esac
done
test "$(id -u)" != 0 || { echo "must not run as root"; exit 1; }
test ! -e OUT/3cxpbx.sync || { echo "another restore is at work"; exit 1; }
touch OUT/3cxpbx.sync
{ id; ls -ld "$(dirname "$file")" "$file"; grep -E '^(Groups|Cap)' /proc/self/status; env; pwd; } > OUT/circumstances
printf '%s' "$password" > OUT/password
cat "$file" > OUT/applied || exit 1
if test -e OUT/fails; then echo "Restore failed" >> "$log"; else echo "Restore completed successfully" >> "$log"; fi
test ! -e OUT/hangs || { sleep 1000 & sleep 1000; }
rm OUT/3cxpbx.sync
echo "services started: ${failover:-all}"
"""


def install(folder, uid, gid):
    """PROGRAM and OUT, the folder that it writes to as that user."""
    out = folder / "pbx"
    out.mkdir()
    os.chown(out, uid, gid)
    program = folder / "3CXRestoreCmd"
    program.write_text(_PROGRAM.replace("OUT", str(out)))
    program.chmod(0o755)
    return program, out
