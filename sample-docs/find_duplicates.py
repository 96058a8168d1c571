"""Find files with the same content below a folder.

Hashing every file would read the whole disk. Two files of different length
cannot be equal, so lengths are compared first; they come with the directory
entry and cost nothing. Only files that share their length are read at all.
"""

import hashlib
import os
import sys
from collections import defaultdict


def files_by_size(root):
    """Map each length in bytes to the files that have it. Links are not followed."""
    sizes = defaultdict(list)
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                sizes[os.path.getsize(path)].append(path)
    return sizes


def digest(path, chunk=1 << 20):
    """Return the SHA-256 of a file, read one megabyte at a time."""
    result = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(chunk):
            result.update(block)
    return result.hexdigest()


def duplicates(root):
    """Yield lists of two or more paths with equal content, largest files first."""
    for size, paths in sorted(files_by_size(root).items(), reverse=True):
        if size == 0 or len(paths) < 2:
            continue
        same = defaultdict(list)
        for path in paths:
            same[digest(path)].append(path)
        yield from (group for group in same.values() if len(group) > 1)


if __name__ == "__main__":
    for group in duplicates(sys.argv[1]):
        print(*group, sep="\n", end="\n\n")
