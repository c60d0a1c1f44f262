"""The build: packs the sample company into the wheel as `seatwise/sample`, so that the demo needs no clone."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SAMPLE = ("seatwise.yaml", "licenses", "owners", "policies", "hr", "sandbox", "exports")


class WithSample(build_py):
    """Python modules, and the sample beside them. An editable install has the sample in its checkout."""

    def run(self) -> None:
        super().run()
        for source, target in self._packed().items():
            self.mkpath(str(Path(target).parent))
            self.copy_file(source, target)

    def get_source_files(self) -> list[str]:
        """What an sdist holds: asked also where nothing is built."""
        return [*super().get_source_files(), *_sample()]

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return [*super().get_outputs(include_bytecode), *self._packed().values()]

    def get_output_mapping(self) -> dict[str, str]:
        return super().get_output_mapping() | {target: source for source, target in self._packed().items()}

    def _packed(self) -> dict[str, str]:
        """File of the repository → file of the build."""
        home = Path(self.build_lib, "seatwise", "sample")
        return {} if self.editable_mode else {source: str(home / source) for source in _sample()}


def _sample() -> list[str]:
    found = [path for name in SAMPLE for path in (Path(name), *Path(name).rglob("*"))]
    return sorted(path.as_posix() for path in found if path.is_file())


setup(cmdclass={"build_py": WithSample})
