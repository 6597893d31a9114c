"""What the operating system lets a process have."""

from salon.ground.modules import optional

resource = optional("resource")  # Windows has none, and no such limit


def raise_open_files() -> int:
    """Raise this process's limit of open files as far as it may go; the limit then, 0 where there is none."""
    if resource is None:
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):  # macOS announces no limit and takes none
            return int(soft)
    return int(hard)
