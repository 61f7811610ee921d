"""Runs one test file: `cd tests && python3 -m support.runner cli/test_probe.py [TEST...]`.

Like `python3 -m unittest`, but a file without tests and a skipped test are failures: a test that cannot run must not look green.
The one exception is test data from elsewhere (support.tool.corpus), which a clone need not have.
"""

import importlib.util
import sys
import unittest
from pathlib import Path

from support.tool import NO_CORPUS


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main(arguments):
    path = Path(arguments[0]).resolve()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    module = load(path)
    loader = unittest.TestLoader()
    names = arguments[1:]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2, buffer=False).run(suite)
    if result.testsRun == 0:
        print(f"{path}: holds no test", file=sys.stderr)
        return 1
    skipped = [str(test) for test, reason in result.skipped if not reason.startswith(NO_CORPUS)]
    if skipped:
        print(f"{path}: skipped, which counts as failed: {', '.join(skipped)}", file=sys.stderr)
        return 1
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
