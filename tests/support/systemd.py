"""A stand-in for systemctl: units with a state in files, masks, ExecCondition, ExecStart and ExecStop, and a log of calls.
It says and exits what systemd 252 does."""

from pathlib import Path

PROGRAM = r"""#!/bin/sh
# systemctl VERB [--property=..] [--] UNIT...
d={dir}
verb=$1; shift
echo "$verb $*" | sed 's/ -- / /; s/--property=[^ ]* //' >> $d/calls
[ -e $d/deaf ] && sleep 60
while :; do case $1 in --) shift; break ;; -*) shift ;; *) break ;; esac; done
status=0
run() {{ [ -x "$1" ] && "$1"; }}
for unit; do
  u=$d/units/$unit
  if [ ! -d $u ]; then
    case $verb in
      show) printf 'LoadState=not-found\nActiveState=inactive\n' ;;
      mask) echo "Unit $unit does not exist, proceeding anyway." >&2 ;;
      unmask) ;;
      *) echo "Failed to $verb $unit: Unit $unit not loaded." >&2; status=5 ;;
    esac
    continue
  fi
  case $verb in
    show)
      if [ -e $u/masked ]; then echo LoadState=masked; else echo LoadState=loaded; fi
      echo ActiveState=$(cat $u/state) ;;
    stop)
      if [ -x $u/on-stop ]; then
        $u/on-stop || {{ echo "Job for $unit failed." >&2; status=1; continue; }}
      fi
      [ -e $u/stubborn ] || echo inactive > $u/state ;;
    mask)
      if [ -e $u/in-etc ]; then
        echo "Failed to mask unit: File /etc/systemd/system/$unit already exists." >&2; status=1
      else
        touch $u/masked
      fi ;;
    unmask) rm -f $u/masked ;;
    start)
      if [ -e $u/masked ]; then
        echo "Failed to start $unit: Unit $unit is masked." >&2; status=1
      elif [ -x $u/condition ] && ! $u/condition; then
        :  # a condition that was not met is no failure of the job
      elif [ ! -x $u/on-start ] || $u/on-start; then
        echo active > $u/state
      else
        echo failed > $u/state; echo "Job for $unit failed." >&2; status=1
      fi ;;
    *) echo "Unknown command verb $verb." >&2; exit 1 ;;
  esac
done
exit $status
"""


class FakeSystemd:
    """`systemctl` is the program; units are made by unit()."""

    def __init__(self, folder):
        self.dir = Path(folder)
        (self.dir / "units").mkdir(parents=True)
        self.systemctl = self.dir / "systemctl"
        self.systemctl.write_text(PROGRAM.format(dir=self.dir), encoding="utf-8")
        self.systemctl.chmod(0o700)

    def unit(self, name, state="inactive", **scripts):
        """scripts: on_start, on_stop, condition as the body of a shell script."""
        place = self.dir / "units" / name
        place.mkdir(exist_ok=True)
        (place / "state").write_text(state + "\n", encoding="ascii")
        for script, body in scripts.items():
            path = place / script.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
            path.chmod(0o700)

    def flag(self, unit, name):
        """`stubborn` (a stop that does not stop), `in-etc` (cannot be masked)."""
        (self.dir / "units" / unit / name).touch()

    def state(self, unit):
        return (self.dir / "units" / unit / "state").read_text(encoding="ascii").strip()

    def masked(self, unit):
        return (self.dir / "units" / unit / "masked").exists()

    @property
    def calls(self):
        path = self.dir / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    @property
    def changes(self):
        """The calls that change something."""
        return [call for call in self.calls if not call.startswith("show ")]

    def forget_calls(self):
        (self.dir / "calls").unlink(missing_ok=True)
