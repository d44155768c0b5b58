"""Hot loops: ordinary Python files that Cython compiles; compiled and interpreted agree bit for bit.

``STREAMIMB_PURE=1`` makes Python load the sources of this and every other room even where compiled
twins lie beside them.
"""

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, FileFinder, SourceFileLoader

_HERE: str = __path__[0]
_ROOT = os.path.dirname(_HERE)

pure = os.environ.get("STREAMIMB_PURE", "0") not in {"", "0"}


def _sources_only(folder: str) -> FileFinder:
    if folder != _ROOT and not folder.startswith(_ROOT + os.sep):
        raise ImportError(folder)
    return FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))


if pure:
    sys.path_hooks.insert(0, _sources_only)
    for _folder in [folder for folder in sys.path_importer_cache if folder.startswith(_ROOT)]:
        del sys.path_importer_cache[_folder]

_files = set(os.listdir(_HERE))
_sources = {name[:-3] for name in _files if name.endswith(".py")} - {"__init__"}

native = not pure and all(any(name + suffix in _files for suffix in EXTENSION_SUFFIXES) for name in _sources)
