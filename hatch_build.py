"""Compiles hot modules with Cython, for wheels and in place for editable installs.

``STREAMIMB_NATIVE`` chooses what happens: ``auto`` (default) falls back to plain Python with a
warning when compiling fails, ``require`` fails instead, ``off`` never compiles.
``STREAMIMB_QUICK_BUILD`` makes slower code in a fifth of the compiler's time.
``python hatch_build.py`` rebuilds, in place, what has changed. Each version of CPython compiles into a folder of
its own and replaces only its own extensions, so that several versions can work in one tree.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

from Cython.Build import cythonize
from Cython.Compiler.Errors import CompileError
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension

PACKAGE = Path("streamimb")
HOT = ["streamimb/_kernels/*.py"]  # patterns; the __init__ of a package is never compiled
# Compiled and interpreted twins agree bit for bit, so nothing that reorders or fuses arithmetic:
# no -march, no -ffast-math, and no contraction into FMA (GCC's default, real on ARM). MSVC's
# default /fp:precise is as strict.
FLAGS = ["-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-g0"]


def native_mode() -> str:
    """STREAMIMB_NATIVE, or ValueError."""
    mode = os.environ.get("STREAMIMB_NATIVE", "auto")
    if mode not in {"auto", "require", "off"}:
        raise ValueError(f"STREAMIMB_NATIVE={mode!r}: expected auto, require or off")
    return mode


def quick() -> bool:
    """Whether STREAMIMB_QUICK_BUILD is set: slower code in a fifth of the time, for tests."""
    return bool(os.environ.get("STREAMIMB_QUICK_BUILD"))


def flags() -> list[str]:
    """What the C compiler is told."""
    if sys.platform == "win32":
        return ["/Od" if quick() else "/O2"]
    return ["-O0" if quick() else "-O3", *FLAGS]


def hot_modules() -> list[Path]:
    """What is compiled, relative to the tree the working directory is."""
    return sorted({path for pattern in HOT for path in Path().glob(pattern) if path.name != "__init__.py"})


def translated(extensions: list[Extension], folder: Path, *, strict: bool) -> list[Extension]:
    """Translate Python into C, in as many processes as there are processors.

    Where not *strict*, a module that Cython refuses is left out.
    """
    options: dict[str, Any] = {
        "build_dir": str(folder),
        "language_level": 3,
        "quiet": True,
        # A kernel has the pickling that it declares: what Cython would add takes any state unchecked.
        "compiler_directives": {"show_performance_hints": False, "auto_pickle": False},
    }
    try:
        return list(cythonize(extensions, nthreads=os.cpu_count() or 1, **options))
    except CompileError:
        if strict:
            raise
    ready = []
    # One by one, because cythonize(exclude_failures=True) wants extensions that can be hashed.
    for extension in extensions:
        with contextlib.suppress(CompileError):
            ready += cythonize([extension], **options)
    return ready


def borrow(scratch: Path) -> None:
    """Start from the C files of another build, where there is one: they are the same for each version of CPython."""
    for other in sorted(scratch.parent.glob("*/c")):
        if not (scratch / "c").exists() and not (other.parent / "unfinished").exists():
            shutil.copytree(other, scratch / "c")


def compile_hot(root: Path, scratch: Path, *, strict: bool) -> dict[str, Path]:
    """Compile into *scratch* what has changed of the tree at *root*: path in the tree -> extension.

    Where not *strict*, a module that Cython refuses is left out.
    """
    with contextlib.chdir(root):
        extensions = [
            Extension(".".join(path.with_suffix("").parts), [str(path)], extra_compile_args=flags())
            for path in hot_modules()
        ]
        borrow(scratch)
        ready = translated(extensions, scratch / "c", strict=strict)
        command = Distribution({"name": "streamimb", "ext_modules": ready}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(scratch / "lib"), str(scratch / "o")
        command.parallel = os.cpu_count()
        command.ensure_finalized()
        command.run()
        outputs = [Path(path).resolve() for path in command.get_outputs()]
    return {str(path.relative_to((scratch / "lib").resolve())): path for path in outputs}


def install_in_place(root: Path, built: dict[str, Path]) -> None:
    """Make the tree hold the extensions of *built*, and no other that this interpreter would import.

    Those of another version of CPython carry its tag in their names and stay.
    """
    for pattern in ("*.so", "*.pyd"):  # a left-over extension would win over its newer source
        for present in (root / PACKAGE).rglob(pattern):
            suffix = present.name[present.name.index(".") :]
            if suffix in EXTENSION_SUFFIXES and str(present.relative_to(root)) not in built:
                present.unlink()
    for place, extension in built.items():
        target = root / place
        if not target.exists() or target.stat().st_mtime_ns != extension.stat().st_mtime_ns:
            # Another process may have the old file mapped: replaced, never written into.
            shutil.copy2(extension, target.with_suffix(".new"))
            target.with_suffix(".new").replace(target)


@contextlib.contextmanager
def restartable(scratch: Path) -> Iterator[None]:
    """Delete what an interrupted build left in *scratch*: a half-written file there looks up to date."""
    mark = scratch / "unfinished"
    if mark.exists():
        shutil.rmtree(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    mark.touch()
    yield
    mark.unlink()


def build(root: Path) -> tuple[dict[str, Path], str]:
    """Extensions as STREAMIMB_NATIVE asks for them, and what to say where some could not be made."""
    mode = native_mode()
    if mode == "off":
        return {}, ""
    built: dict[str, Path] = {}
    reason = "see above"
    # Objects carry no tag in their names: one version would link those that another compiled.
    scratch = root / "build" / "kernels" / (str(sys.implementation.cache_tag) + ("-quick" if quick() else ""))
    try:
        with restartable(scratch):
            built = compile_hot(root, scratch, strict=mode == "require")
    except (Exception, SystemExit) as error:
        if mode == "require":
            raise
        reason = str(error)
    with contextlib.chdir(root):
        missing = len(hot_modules()) - len(built)
    rule = "*" * 80
    return (
        built,
        f"{rule}\n{missing} modules not compiled, 40 times slower: {reason}\n{rule}" if missing else "",
    )


class KernelHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        built, complaint = build(root)
        if complaint:
            self.app.display_warning(complaint)
        if version == "editable":
            install_in_place(root, built)
        else:
            build_data["force_include"].update({str(path): place for place, path in built.items()})
        build_data["pure_python"], build_data["infer_tag"] = not built, bool(built)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    extensions, complaint = build(here)
    if complaint:
        print(complaint, file=sys.stderr)  # noqa: T201 - a command speaks
    install_in_place(here, extensions)
