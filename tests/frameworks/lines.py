"""The lines that defences have for a framework, and what proves them.

A proof is a function under `@proves("defence", "the line, as it is in src/defences")`. `run` fails where a
proof fails, where a line has none, and where a line has changed since it was proved.
"""

import pathlib
import re
import sys
import traceback

DEFENCES = pathlib.Path(__file__).resolve().parents[2] / "src" / "defences"


def lines(framework):
    """The lines of all defences, by defence."""
    found = {}
    for path in sorted(DEFENCES.glob("*.rs")):
        text = re.search(rf'^ +{framework}: "((?:[^"\\]|\\.)*)",$', path.read_text(), re.M | re.S)
        if text:
            line = re.sub(r"\\\n\s*", "", text.group(1)).replace('\\"', '"').replace("\\\\", "\\")
            found[path.stem.replace("_", "-")] = line
    return found


class Proofs:
    """The proofs of one framework."""

    def __init__(self, framework):
        self.framework = framework
        self.proofs = {}

    def proves(self, defence, line):
        """Marks the proof of a line."""

        def mark(proof):
            assert defence not in self.proofs, defence
            self.proofs[defence] = (line, proof)
            return proof

        return mark

    def run(self):
        """Runs all proofs and says how many passed, as the other tests do."""
        passed, failed = 0, 0
        known = lines(self.framework)
        for defence in sorted(known.keys() | self.proofs.keys()):
            name = f"{self.framework} {defence}"
            try:
                if defence not in self.proofs:
                    raise AssertionError("nothing proves this line")
                line, proof = self.proofs[defence]
                assert known.get(defence) == line, f"the line is now: {known.get(defence)}"
                proof()
                passed += 1
                print(f"test {name} ... ok")
            except Exception:  # Each proof fails by itself.
                failed += 1
                print(f"test {name} ... FAILED\n{traceback.format_exc()}")
        print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed;")
        sys.exit(1 if failed else 0)
