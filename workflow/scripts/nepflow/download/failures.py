"""Why a file could not be had: errors that name the file and the remedy."""


class TransferFailed(ValueError):
    """A file could not be had; the message says why and what to do."""


class LoginRefused(TransferFailed):
    """The archive wants a login, or another one."""


class AddressRefused(TransferFailed):
    """An address that is not https, or a host that may not see the login that it needs."""


class NameRefused(TransferFailed):
    """What a server, or a file that is shared, calls something cannot be the name of a file."""


class NotThere(TransferFailed):
    """The archive has no such file."""


class Unreachable(TransferFailed):
    """The archive did not answer well, however often it was asked."""


class Unreadable(TransferFailed):
    """What came has not the layout that is known."""


class DiskFull(TransferFailed):
    """There is no room for the file."""


class UnsoundFile(TransferFailed):
    """A file of that name is already there and is not the one of the archive."""
